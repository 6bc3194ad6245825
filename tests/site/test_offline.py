"""The PDF and the EPUB: whole, readable and closed, with a way to the site where only a page will do."""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree
from zipfile import ZIP_STORED, ZipFile

import pytest
import yaml
from bs4 import BeautifulSoup
from pypdf import PdfReader

from learning_rates import explorers

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
SITE = ROOT / "book/_build/html"
EPUB = ROOT / "book/_offline/learning-rates-in-motion.epub"
PDF = EPUB.with_suffix(".pdf")
ONE_PAGE = ROOT / "book/_offline/pdf/_build/singlehtml/book.html"  # what the PDF was printed from
CONFIG = yaml.safe_load((ROOT / "book/_config.yml").read_text(encoding="utf-8"))
ADDRESS = CONFIG["html"]["baseurl"]
TOC = yaml.safe_load((ROOT / "book/_toc.yml").read_text(encoding="utf-8"))
DOCUMENTS = [TOC["root"], *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"])]
OPF = "{http://www.idpf.org/2007/opf}"
HEAVIEST = {EPUB: 5e6, PDF: 12e6}  # bytes

for missing in (file for file in (EPUB, PDF) if not file.exists()):
    pytest.fail(f"{missing.name} is not built: type `make pdf epub` first.", pytrace=False)

BOOK = ZipFile(EPUB)
PAGES = {name: BOOK.read(name).decode() for name in BOOK.namelist() if name.endswith(".xhtml")}
SOUPS = {name: BeautifulSoup(page, "html.parser") for name, page in PAGES.items()}

every_page = pytest.mark.parametrize("name", PAGES)
every_document = pytest.mark.parametrize("document", DOCUMENTS)
every_explorer = pytest.mark.parametrize("name", explorers.NAMES)


@pytest.fixture(scope="module")
def pdf():
    return PdfReader(PDF)


@pytest.fixture(scope="module")
def addresses(pdf):
    """Where the PDF's links lead that leave it."""
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
    return {note["/A"]["/URI"] for note in notes if "/URI" in note.get("/A", {})}


@pytest.fixture(scope="module")
def one_page():
    return BeautifulSoup(ONE_PAGE.read_text(encoding="utf-8"), "html.parser")


def letters(text):
    """What is left of a text when spaces, hyphens and signs differ from one form of the book to the other."""
    return re.sub(r"[^a-z]", "", text.lower())


def in_the_book(document, address):
    """The name in the EPUB of what a document's page asks for."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(document), address))


def links_of(page):
    return [link["href"] for link in page.find_all("a", href=True)]


@pytest.mark.parametrize("file", [EPUB, PDF], ids=lambda file: file.suffix)
def test_files_are_light_enough_to_carry(file):
    assert file.stat().st_size < HEAVIEST[file]


def test_the_site_offers_the_files_with_their_sizes():
    page = BeautifulSoup((SITE / "book/intro.html").read_text(encoding="utf-8"), "html.parser")
    for file in (PDF, EPUB):
        (link,) = page.select(f"a[href='../{file.name}']")
        assert link.get_text() == f"{file.suffix[1:].upper()} ({file.stat().st_size / 1e6:.1f} MB)"
        assert (SITE / file.name).read_bytes() == file.read_bytes(), "the site is older: type `make book`"


def test_the_epub_says_first_what_it_is():
    first = BOOK.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", ZIP_STORED)
    assert BOOK.read("mimetype") == b"application/epub+zip"
    assert BOOK.testzip() is None


def test_the_epub_lists_what_it_holds():
    package = ElementTree.fromstring(BOOK.read("content.opf"))
    items = {item.get("href"): item.get("properties") for item in package.iter(f"{OPF}item")}
    assert items.keys() == set(BOOK.namelist()) - {"mimetype", "content.opf", "META-INF/container.xml"}
    assert items["_static/cover.png"] == "cover-image"
    assert "mathml" in items.values()
    for name, page in PAGES.items():
        assert ("mathml" in (items[name] or "")) == ("<math" in page), name


def test_the_epubs_contents_are_the_books():
    entries = [link for link in links_of(SOUPS["nav.xhtml"]) if link.endswith(".xhtml")]
    assert entries == [f"{document}.xhtml" for document in DOCUMENTS]
    package = ElementTree.fromstring(BOOK.read("content.opf"))
    names = {item.get("id"): item.get("href") for item in package.iter(f"{OPF}item")}
    order = [names[reference.get("idref")] for reference in package.iter(f"{OPF}itemref")]
    assert [name for name in order if name in entries] == entries


def test_chapters_have_numbers_and_parts_here_too(one_page):
    """The contents of both give them, and each chapter's first page."""
    contents = SOUPS["nav.xhtml"].get_text(), one_page.select_one(".book-contents").get_text()
    parts = {part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in TOC["parts"]}
    assert all(caption in contents[1] for caption in parts)
    for caption, documents in parts.items():
        for document in documents:
            if number := re.match(r"notebooks/0*(\d+)_", document):
                chapter = SOUPS[f"{document}.xhtml"]
                assert chapter.h1.get_text().startswith(f"{number[1]} · ")
                assert all(chapter.h1.get_text() in each for each in contents)
                assert chapter.select_one("p.part").get_text() == f"Part {caption}"
                assert one_page.find(id=f"document-{document}").find_next("p").get_text() == f"Part {caption}"


@every_page
def test_the_epubs_pages_are_xml_without_scripts(name):
    ElementTree.fromstring(PAGES[name])
    page = SOUPS[name]
    assert page.html["lang"] == "en"
    assert not page.select("script, details, iframe, .katex-error, .katex-html, [data-explorer]")
    assert not [math for math in page.select(".math") if not math.find("math")]
    assert not page.select("a[href*='colab.research.google.com']")


@every_document
def test_every_figure_is_there(document, one_page):
    site = BeautifulSoup((SITE / f"{document}.html").read_text(encoding="utf-8"), "html.parser")
    figures = [image["alt"] for image in site.select(".bd-article img:not(.in-dark)")]
    assert [image["alt"] for image in SOUPS[f"{document}.xhtml"].find_all("img")] == figures
    chapter = one_page.find(id=f"document-{document}").find_next_sibling("section")
    assert [image["alt"] for image in chapter.find_all("img")] == figures


@every_page
def test_the_epub_is_closed(name):
    """Images and links lead to what is in it, or to an address."""
    for image in SOUPS[name].find_all("img"):
        assert image["alt"].strip()
        assert in_the_book(name, image["src"]) in BOOK.namelist()
    for link in links_of(SOUPS[name]):
        path, anchor = urldefrag(link)
        if "://" not in path:
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(path))) if path else name
            assert target in BOOK.namelist(), link
            assert not anchor or SOUPS[target].find(id=unquote(anchor)), link


@every_document
def test_a_figure_of_the_epub_has_a_twin_for_the_night(document):
    """White paper shone out of a dark page. Posters keep theirs, as on the site."""
    page = SOUPS[f"{document}.xhtml"]
    drawings = [image for image in page.find_all("img") if image["src"].endswith(".svg")]
    assert [image.parent for image in drawings] == page.find_all("picture")
    for image in drawings:
        twin = image.find_previous_sibling("source")
        assert twin["media"] == "(prefers-color-scheme: dark)"
        day, night = (BOOK.read(in_the_book(document, file)).decode() for file in (image["src"], twin["srcset"]))
        white, dark = ('fill: #ffffff"', 'fill: #12151b"')
        assert white in day
        assert white not in night
        assert dark in night


def test_the_epubs_style_sheets_are_in_it():
    sheet = BOOK.read("_static/epub.css").decode()
    for name in re.findall(r'@import url\("([^"]+)"\)', sheet):
        assert f"_static/{name}" in BOOK.namelist()


@every_explorer
def test_each_explorer_is_a_figure_with_a_way_to_the_site(name, one_page, addresses):
    (epub_page,) = (page for page in SOUPS.values() if page.find(id=f"explorer-{name}"))
    for page in (epub_page, one_page):
        still = page.find(id=f"explorer-{name}")
        assert still.img["alt"].strip()
        address = still.a["href"]
        path, anchor = urldefrag(address.removeprefix(ADDRESS))
        assert f'id="{anchor}"' in (SITE / path).read_text(encoding="utf-8"), address
        assert still.a.get_text() == address, "paper knows no links"
        assert address in addresses


def test_every_answer_stands_open_under_its_mark(one_page):
    sources = [*(ROOT / "notebooks").glob("*.ipynb"), *(ROOT / "book").glob("*.md")]
    folded = sum(source.read_text(encoding="utf-8").count("<details>") for source in sources)
    assert folded
    for pages in ([one_page], SOUPS.values()):
        answers = [answer for page in pages for answer in page.select(".answer")]
        assert len(answers) == folded
        assert all(answer.find(class_="answer-mark").get_text() for answer in answers)
        assert all(len(answer.get_text()) > 40 for answer in answers)


def test_the_pdf_says_what_it_is(pdf):
    assert pdf.metadata.title == CONFIG["title"]
    assert pdf.metadata.author == CONFIG["author"]
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"], "screen readers need its tags"
    assert pdf.trailer["/Root"]["/Lang"] == "en"


def test_the_pdfs_bookmarks_are_the_chapters(pdf):
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert titles == ["Contents", *(SOUPS[f"{document}.xhtml"].h1.get_text() for document in DOCUMENTS)]


@every_document
def test_the_pdf_holds_every_chapter(document, pdf):
    """Its bookmark leads to the page where it starts, on top, under its part."""
    chapter = SOUPS[f"{document}.xhtml"]
    (entry,) = (e for e in pdf.outline if not isinstance(e, list) and e.title == chapter.h1.get_text())
    first = letters(pdf.pages[pdf.get_destination_page_number(entry)].extract_text())
    part = "".join(each.get_text() for each in chapter.select("p.part"))
    assert first.startswith(letters(part + chapter.h1.get_text()))
    assert letters(chapter.h1.find_next("p").get_text())[:60] in first


def test_no_page_of_the_pdf_is_blank(pdf):
    """After the cover, each shows a picture, a curve, or more pieces of text than its number."""
    drawn = [page.get_contents().get_data() for page in pdf.pages[1:]]
    pictured = [b" Do" in data or b" c\n" in data for data in drawn]
    written = [data.count(b"BT\n") > 1 for data in drawn]
    assert not [number for number, shows in enumerate(zip(pictured, written, strict=True), 2) if not any(shows)]


def test_the_pdf_brings_its_letters(pdf):
    fonts = {}
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            font = font.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            fonts[str(font.get("/BaseFont"))] = font["/Subtype"] == "/Type3" or "/FontFile2" in inner["/FontDescriptor"]
    assert all(fonts.values()), fonts
    for family in ("SourceSerif4", "KaTeX_Main", "KaTeX_Math"):
        assert any(family in name for name in fonts), family


def test_links_within_the_pdf_lead_somewhere(addresses, one_page):
    names = [element["id"] for element in one_page.find_all(id=True)]
    assert len(names) == len(set(names)), "two places have one name"
    within = [unquote(link[1:]) for link in links_of(one_page) if link.startswith("#")]
    assert len(within) > len(DOCUMENTS)
    assert set(within) <= set(names)
    assert not [link for link in links_of(one_page) if not link.startswith(("#", "https://", "http://"))]
    assert all(address.startswith(("https://", "http://")) for address in addresses), "a link leads to this machine"
