"""The built site as it lies on disk: nothing broken, nothing foreign, nothing heavy."""

import gzip
import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, unquote, urldefrag, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup
from PIL import Image

import learning_rates
from learning_rates import schedules

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[2]
SITE = ROOT / "book/_build/html"
PACKAGE = ROOT / "src/learning_rates"
HEAVIEST = 350_000  # bytes, compressed, before the reader scrolls
# Chrome fetches lazy images some screens ahead; the first two figures of a chapter may stand within that reach
EARLY_IMAGES = 2
CSS_ADDRESS = re.compile(r"""url\(["']?(?!data:|#)([^)"']+)""")
LOADING = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "video": "src"}
FETCHED = {"stylesheet", "icon", "preload", "modulepreload"}

if not (SITE / "search.html").exists():
    pytest.fail("The site is not built: type `make book` first.", pytrace=False)

FILES = sorted(SITE.rglob("*.html"))
PAGES = {str(path.relative_to(SITE)): BeautifulSoup(path.read_text(), "html.parser") for path in FILES}
CHAPTERS = [name for name in PAGES if name.startswith("notebooks/")]
BOOK_PAGES = [name for name in PAGES if name.startswith(("book/", "notebooks/"))]
CONFIG = yaml.safe_load((ROOT / "book/_config.yml").read_text())
TOC = yaml.safe_load((ROOT / "book/_toc.yml").read_text(encoding="utf-8"))
REPOSITORY, ADDRESS = CONFIG["repository"], CONFIG["html"]["baseurl"]

every_page = pytest.mark.parametrize("name", PAGES)
every_book_page = pytest.mark.parametrize("name", BOOK_PAGES)
every_chapter = pytest.mark.parametrize("name", CHAPTERS)


def resources(page):
    """What a page loads by itself: (element, address)."""
    for element in page.find_all(list(LOADING)):
        address = element.get(LOADING[element.name])
        fetched = element.name != "link" or FETCHED & set(element["rel"])
        if address and fetched and not address.startswith("data:"):
            yield element, address


def on_disk(name, address):
    """The file that an address on a page stands for."""
    path = unquote(urlsplit(address).path)
    target = (SITE / name).parent / path if path else SITE / name
    return target / "index.html" if target.is_dir() else target


# Tests below go through these on every page. One page may have none; if no page had any, they would test nothing.
LOOKED_FOR = [".math", "img", "a[href^='#']", "script:not([src])", "style", "[onclick]", "[rel=stylesheet]"]
LOOKED_FOR += ["article table.table tbody tr", "[data-explorer]", ".dropdown-download-buttons .dropdown-item"]


@pytest.mark.parametrize("selector", LOOKED_FOR)
def test_the_site_has_what_its_tests_look_for(selector):
    assert any(page.select(selector) for page in PAGES.values())


def test_chapters_are_there():
    notebooks = {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    assert {Path(name).stem for name in CHAPTERS} == notebooks


@every_page
def test_mathematics_is_drawn(name):
    page = PAGES[name]
    assert not page.select(".katex-error"), "KaTeX could not draw a formula"
    for math in page.select(".math"):
        assert math.select(".katex"), f"not drawn: {math.get_text()[:80]}"


@every_page
def test_nothing_comes_from_a_third_party(name):
    foreign = [address for _, address in resources(PAGES[name]) if urlsplit(address).netloc]
    assert not foreign
    assert not re.findall(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", str(PAGES[name]))


def test_style_sheets_ask_for_nothing_foreign_or_missing():
    loaded = [(name, each) for name, page in PAGES.items() for each in resources(page)]
    sheets = {
        on_disk(name, address).resolve()
        for name, (element, address) in loaded
        if "stylesheet" in element.get("rel", [])
    }
    for sheet in sheets:
        found = CSS_ADDRESS.findall(sheet.read_text())
        assert found
        assert not [url for url in found if urlsplit(url).netloc]
        assert not [url for url in found if not (sheet.parent / url).exists()]


@every_page
def test_no_code_for_kernels_or_for_mathematics(name):
    scripts = "".join(str(script) for script in PAGES[name].find_all("script")).lower()
    for word in ("mathjax", "thebe", "require.", "html-manager", "widget-state", "fontawesome"):
        assert word not in scripts


def directives(text):
    return dict(part.split(" ", 1) for part in text.strip().split("; "))


HEADER = directives((SITE / "content-security-policy.txt").read_text())
HEADER_ONLY = {"frame-ancestors", "report-uri", "sandbox"}  # what a page may not say of itself


@every_page
def test_every_page_carries_the_policy_ahead_of_all_that_it_rules(name):
    first, second, *_ = PAGES[name].head.find_all(True)
    assert first["charset"].lower() == "utf-8"  # it has to stand within the first 1,024 bytes
    assert second["http-equiv"] == "Content-Security-Policy"
    assert directives(second["content"]) == {key: HEADER[key] for key in HEADER.keys() - HEADER_ONLY}


@every_page
def test_the_policy_names_every_script_and_style_within_a_page(name):
    """The browser's tests run under it; here, pages that they do not open, and styles for who has no JavaScript."""
    page = PAGES[name]
    inline = [(HEADER["style-src"], element.string) for element in page.find_all("style")]
    inline += [(HEADER["script-src"], element.string) for element in page.find_all("script") if element.string]
    inline += [(HEADER["script-src"], element["onclick"]) for element in page.select("[onclick]")]
    for sources, text in inline:
        assert f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in sources, text
    handlers = {
        attribute for element in page.find_all(True) for attribute in element.attrs if attribute.startswith("on")
    }
    assert handlers <= {"onclick"}


def test_the_policy_allows_no_evil():
    """The one eval is that of WebAssembly; styles may stand in attributes, not in sheets."""
    assert "'unsafe-eval'" not in str(HEADER)
    assert [name for name, sources in HEADER.items() if "'unsafe-inline'" in sources] == ["style-src-attr"]
    assert HEADER["default-src"] == "'none'"
    assert HEADER["frame-ancestors"] == "'self'"
    assert not re.search(r"https?:|\*", str(HEADER))


@every_page
def test_links_lead_somewhere(name):
    broken = []
    for element in PAGES[name].find_all(["a", "link", "script", "img"]):
        address = element.get("href") or element.get("src")
        if not address or urlsplit(address).scheme or urlsplit(address).netloc:
            continue
        target, anchor = on_disk(name, address), unquote(urldefrag(address).fragment)
        if not target.exists():
            broken.append(address)
        elif anchor and target.suffix == ".html":
            page = PAGES[str(target.resolve().relative_to(SITE.resolve()))]
            if not page.find(id=anchor) and not page.find(attrs={"name": anchor}):
                broken.append(address)
    assert not broken


PARTS = {part["caption"]: [chapter["file"] for chapter in part["chapters"]] for part in TOC["parts"]}


def number_of(document):
    found = re.match(r"notebooks/(\d\d)_", document)
    return int(found[1]) if found else None


def own_text(element):
    """Without the sign that links to it."""
    return element.get_text().removesuffix("#")


def test_chapters_carry_their_numbers_wherever_they_are_named():
    """In the heading, the sidebar, the browser's tab, and the ways on and back; links to them are called as before."""
    numbers = {f"{document}.html": number_of(document) for part in PARTS.values() for document in part}
    assert sorted(filter(None, numbers.values())) == list(range(1, len(CHAPTERS) + 1))
    for name, number in numbers.items():
        page = PAGES[name]
        heading = own_text(page.select_one("article h1"))
        assert re.match(rf"{number} · \w" if number else r"\D", heading), heading
        assert page.title.get_text().startswith(f"{heading} · ")
        entry = page.select_one(".bd-sidebar-primary li.current.active > a")
        assert entry.get_text(strip=True) == heading
        if number:
            assert page.find(id=re.sub(r"\W+", "-", heading.split(" · ")[1].lower())), "its place has no number"
    for way in ("left-prev", "right-next"):
        linked = [(name, page.select_one(f"a.{way}")) for name, page in PAGES.items() if page.select_one(f"a.{way}")]
        for name, link in linked:
            target = str(on_disk(name, link["href"]).resolve().relative_to(SITE.resolve()))
            assert link.select_one(".prev-next-title").get_text() == own_text(PAGES[target].select_one("article h1"))


def test_parts_stand_in_the_sidebar_and_above_their_chapters_titles():
    captions = [caption.get_text() for caption in PAGES["book/intro.html"].select(".bd-sidebar-primary .caption-text")]
    assert captions == list(PARTS)
    for caption, documents in PARTS.items():
        for document in documents:
            above = PAGES[f"{document}.html"].select("article p.part")
            assert [each.get_text() for each in above] == [f"Part {caption}"] * bool(number_of(document))


def test_the_first_page_leads_to_chapter_1_and_its_map_to_all_of_them():
    page = PAGES["book/intro.html"]
    assert page.select_one("a.right-next")["href"].endswith("notebooks/01_loss_and_gradient.html")
    found = {}
    for part in page.select("#the-map section"):
        for row in part.select("tbody tr"):
            number, link = row.th.get_text(), row.a
            heading = own_text(PAGES[link["href"].removeprefix("../")].select_one("article h1"))
            assert heading == f"{number} · {link.get_text()}"
            found.setdefault(own_text(part.h3), []).append(link["href"].removeprefix("../").removesuffix(".html"))
    assert found == {caption: files for caption, files in PARTS.items() if number_of(files[0])}


def test_the_book_opens_with_what_it_is_about():
    """Its figure stands in the page itself, ahead of the first paragraph; then come three sentences and the map."""
    opening = PAGES["book/intro.html"].select_one("article h1").find_next_siblings()
    figure, text, the_map = opening[:3]
    assert figure["data-explorer"] == "train"
    assert len(figure.select("figure svg[role=img][aria-label]")) == 2
    night = (ROOT / "book/_static/book.css").read_text(encoding="utf-8").split('data-theme="dark"')[1]
    colours = set(re.findall(r"[^,] ?#([0-9a-f]{6})", str(figure))) | set(re.findall(r"--ink-(\w+)", str(figure)))
    assert not [colour for colour in colours if f"--ink-{colour}: " not in night], "it does not know the night"
    assert len(re.findall(r"\.(?=\s|$)", text.get_text())) == 3
    assert own_text(the_map.h2) == "The map"


PROMISES = r"chapter[^.]{0,60}(?:, to come|\b(?:is|are) planned)\b|coming soon|in this build|under construction"


@every_book_page
def test_nothing_is_promised_that_is_there_or_never_comes(name):
    """Chapter 7 promised "a chapter on claims, which is planned" when that was the next but two."""
    text = " ".join(PAGES[name].article.get_text().split())
    assert not re.findall(PROMISES, text, re.I)


@every_page
def test_a_figure_that_needs_javascript_says_so(name):
    for mount in PAGES[name].select("[data-explorer]"):
        assert mount.noscript.get_text() == "This figure comes to life with JavaScript."


@every_chapter
def test_contents_show_subsections(name):
    shown = [link["href"].removeprefix("#") for link in PAGES[name].select("#pst-page-toc-nav .toc-h3 > a")]
    assert shown == [section["id"] for section in PAGES[name].select("article section section section")]


@pytest.mark.parametrize("part", ["img", "[data-explorer]", "article table.table tbody tr"])
def test_the_site_has_what_is_looked_at_page_by_page(part):
    assert sum(len(page.select(part)) for page in PAGES.values()) > 0


@every_page
def test_images_are_sized_and_described(name):
    for image in PAGES[name].find_all("img"):
        assert image.get("alt", "").strip(), f"no alt text: {image.get('src', '')[:80]}"
        assert {"width", "height"} <= image.attrs.keys(), f"no size: {image.get('src', '')[:80]}"
        assert not image["src"].startswith("data:"), "an embedded figure should have become a file"


def answers_to(box):
    """What stands below a box, up to the next heading or box, and shows what some code gave."""
    for part in box.find_next_siblings():
        if part.name in ("section", "blockquote"):
            return
        if part.select_one(".cell_output"):
            yield part


@every_chapter
def test_the_answer_to_a_prediction_waits_to_be_opened(name):
    for box in PAGES[name].select(".box-predict"):
        for part in list(answers_to(box))[:1]:
            assert "predicted" in part.get("class", []), box.get_text()
            assert "open" not in part.attrs
            assert part.summary.get_text() == "Compare with your prediction"


def test_most_predictions_are_answered_at_once():
    boxes = [box for name in CHAPTERS for box in PAGES[name].select(".box-predict")]
    assert sum(any(answers_to(box)) for box in boxes) > 0.8 * len(boxes) > 40


@every_page
def test_every_figure_is_there_by_day_and_by_night(name):
    """And has no paper of its own, which would be a slab by night."""
    images = PAGES[name].select(".bd-article img:not(.poster)")  # which has a paper of its own, as a file to keep
    assert [image["alt"] for image in images[::2]] == [image["alt"] for image in images[1::2]]
    for image, theme in zip(images, ("light", "dark") * len(images), strict=False):
        assert f"in-{theme}" in image["class"]
        drawing = on_disk(name, image["src"]).read_text(encoding="utf-8")
        assert '<g id="patch_1"></g>' in drawing
        assert not re.search("<(style|script|image|metadata)", drawing)


@every_book_page
def test_every_page_describes_itself(name):
    page = PAGES[name]
    assert page.html["lang"] == "en"
    assert 20 < len(page.find("meta", attrs={"name": "description"})["content"]) < 200
    assert len(page.find_all("h1")) - len(page.select(".onlyprint h1")) == 1


def content(page, **attributes):
    return page.find("meta", attrs=attributes)["content"]


@every_book_page
def test_every_page_tells_where_it_lives_and_how_to_be_previewed(name):
    page = PAGES[name]
    assert page.find("link", rel="canonical")["href"] == f"{ADDRESS}{name}"
    assert content(page, property="og:url") == f"{ADDRESS}{name}"
    assert content(page, property="og:title") == page.select_one("article h1").find(string=True)
    assert content(page, property="og:description") == content(page, name="description")
    assert content(page, name="twitter:card") == "summary_large_image"


def test_the_root_is_previewed_as_the_page_that_it_leads_to():
    root, first = PAGES["index.html"], PAGES["book/intro.html"]
    assert root.find("link", rel="canonical") == first.find("link", rel="canonical")
    previews = [page.find_all("meta", property=re.compile("^og:")) for page in (root, first)]
    assert previews[0] == previews[1] != []


def test_the_preview_has_a_picture_of_its_stated_size():
    page = PAGES["book/intro.html"]
    stated = [content(page, property=f"og:image:{side}") for side in ("width", "height")]
    with Image.open(SITE / content(page, property="og:image").removeprefix(ADDRESS)) as image:
        assert list(map(str, image.size)) == stated == ["1200", "630"]


def test_the_sitemap_lists_the_books_pages():
    (urls,) = re.findall(r"<urlset[^>]*>(.*)</urlset>", (SITE / "sitemap.xml").read_text(), re.DOTALL)
    assert sorted(re.findall("<loc>(.*?)</loc>", urls)) == [f"{ADDRESS}{name}" for name in BOOK_PAGES]


def test_nothing_calls_the_book_by_the_name_that_sphinx_gives_it():
    """As its inventory and the card of a shared link did."""
    texts = [path.read_bytes() for path in SITE.rglob("*") if path.suffix in (".html", ".js", ".xml", ".inv", ".txt")]
    assert len(texts) > len(PAGES)
    assert not [text for text in texts if b"Project name not set" in text]
    assert f"# Project: {CONFIG['title']}\n".encode() in (SITE / "objects.inv").read_bytes()


def test_titles_tell_the_pages_apart():
    titles = [PAGES[name].title.get_text() for name in BOOK_PAGES]
    assert len(set(titles)) == len(titles)
    assert titles.count("Learning Rates in Motion") == 1


@every_page
def test_every_page_names_its_icon(name):
    """Without it, a browser asks the server's root for one, and finds none there."""
    assert PAGES[name].find("link", rel="icon")


def test_the_bibliography_names_no_wrong_roles():
    page = PAGES["book/references.html"]
    assert page.select(".citation")
    assert not page.select("[role=doc-biblioentry], [role=list]")


@every_chapter
def test_chapters_open_in_colab(name):
    notebook = Path(name).with_suffix(".ipynb")
    path = urlsplit(REPOSITORY["url"]).path.strip("/")
    expected = f"https://colab.research.google.com/github/{path}/blob/{REPOSITORY['branch']}/{notebook}"
    buttons = PAGES[name].select(".article-header-buttons a[href*='colab.research.google.com']")
    assert [button["href"] for button in buttons] == [expected]
    assert buttons[0].get_text(strip=True) == "Open in Colab"


@every_book_page
def test_edit_and_issue_links(name):
    url, branch = REPOSITORY["url"], REPOSITORY["branch"]
    hrefs = [a["href"] for a in PAGES[name].select(".article-header-buttons a")]
    edit = [href for href in hrefs if f"/edit/{branch}/" in href]
    assert len(edit) == 1
    assert edit[0].startswith(f"{url}/edit/{branch}/")
    assert (ROOT / edit[0].removeprefix(f"{url}/edit/{branch}/")).is_file()
    page = quote(str(Path(name).with_suffix("")), safe="")
    assert any(href.startswith(f"{url}/issues/new?") and page in quote(href, safe="%") for href in hrefs)


@every_book_page
def test_what_is_downloaded_is_called_what_it_is(name):
    suffix = ".ipynb" if name in CHAPTERS else ".md"
    texts = [entry.get_text(strip=True) for entry in PAGES[name].select(".dropdown-download-buttons .dropdown-item")]
    assert texts == [f"Source ({suffix})", "Print"]


@every_book_page
def test_rows_of_tables_are_named_by_their_first_cell(name):
    for row in PAGES[name].select("article table.table tbody tr"):
        assert row.find(["th", "td"]).get("scope") == "row"
        assert len(row.find_all("th")) == 1


def test_nothing_of_sphinxs_search_is_left():
    """Its script marked words in the sidebar too, and offered to hide marks on every page that came after."""
    scripts = ("searchtools.js", "sphinx_highlight.js", "language_data.js")
    assert not [path for path in SITE.rglob("*.js") if path.name in (*scripts, "searchindex.js")]
    assert not [name for name, page in PAGES.items() if page.find("script", src=re.compile("|".join(scripts)))]


def test_explorers_and_exercises_run_the_packages_own_files():
    """And no more than the pages ask for."""
    published = SITE / "_static/explorer/learning_rates"
    mounts = [mount for page in PAGES.values() for mount in page.select("[data-explorer]")]
    asked = {file for mount in mounts for file in mount["data-files"].split()}
    assert {f"explorers/{mount['data-explorer']}.py" for mount in mounts} <= asked
    cells = [cell for page in PAGES.values() for cell in page.select("[data-exercise]")]
    assert {f"exercises/{cell['data-chapter']}.py" for cell in cells} <= {
        file for cell in cells for file in cell["data-files"].split()
    }
    asked |= {file for cell in cells for file in cell["data-files"].split()}
    assert {str(file.relative_to(published)) for file in published.rglob("*.py")} == asked
    for file in asked:
        assert (published / file).read_bytes() == (PACKAGE / file).read_bytes(), file
    records = {mount["data-record"] for mount in mounts if mount.has_attr("data-record")}
    assert {f"results/{file.name}" for file in (published / "results").iterdir()} == records


def test_the_packages_page_has_an_entry_for_every_public_name():
    page = PAGES["book/api.html"]
    names = [*schedules._FACTORIES, "Schedule", "from_config", "count_steps", "register"]
    names = [f"schedules.{name}" for name in names] + ["interop.to_torch", "interop.to_optax"]
    for name in [*names, *learning_rates.__all__, "datasets.fashion_mnist", "plots.schedules"]:
        signature = page.find(id=f"learning_rates.{name}")
        assert signature, f"{name} has no entry"
        assert signature.get_text().strip().startswith((f"{name}(", f"class {name}(")), "not as it is imported"
        entry = signature.parent.get_text()
        assert "``" not in entry
        assert ":param" not in entry, "a docstring's section was not understood"


def test_every_schedule_is_offered_by_when_to_take_it():
    """The table leads to each schedule's entry."""
    links = {urldefrag(link["href"]).fragment for link in PAGES["book/api.html"].select("table a")}
    assert links == {f"learning_rates.schedules.{name}" for name in schedules._FACTORIES}


def weigh(path):
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data))


def by_day(element):
    return element.name == "img" and "in-dark" not in element.get("class", [])


def first_load(name):
    """Files fetched for a page before the reader scrolls; of fonts, all that the page's sheets name."""
    page = PAGES[name]
    images = [on_disk(name, address) for element, address in resources(page) if by_day(element)]
    files = {on_disk(name, address) for element, address in resources(page) if element.name != "img"}
    for sheet in [file for file in files if file.suffix == ".css"]:
        files |= {sheet.parent / url.partition("?")[0] for url in CSS_ADDRESS.findall(sheet.read_text())}
    return {SITE / name, *files, *images[:EARLY_IMAGES]}


@every_book_page
def test_pages_are_light(name):
    weights = {str(path.name): weigh(path) for path in first_load(name)}
    heaviest = sorted(weights.items(), key=lambda item: -item[1])[:6]
    assert sum(weights.values()) <= HEAVIEST, f"{name}: {sum(weights.values()):,} bytes, most of it in {heaviest}"
