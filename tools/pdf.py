"""Print a page to a PDF with Chromium, add its author and settings, and compress it to half of what Chromium writes.

python tools/pdf.py PAGE.html FILE.pdf
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--generate-pdf-document-outline", "--no-pdf-header-footer")
TIMEOUT = 600  # seconds


def chromium():
    return subprocess.run([ROOT / "tools/chromium.sh"], check=True, capture_output=True, text=True).stdout.strip()


def print_page(page, path, profile):
    """Let Chromium print; a profile of its own keeps it from handing the job to a browser that is already open."""
    command = [chromium(), *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={path}", page.resolve().as_uri()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    if not path.exists():
        sys.exit(f"Chromium printed nothing. It said:\n{run.stderr}")


def finish(printed, path, page):
    """Add what a library's catalogue and a screen reader ask for; Chromium keeps only the title."""
    head = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").head
    with pikepdf.open(printed) as pdf:
        pdf.docinfo["/Author"] = head.find("meta", attrs={"name": "author"})["content"]
        pdf.docinfo["/Creator"] = "Jupyter Book"
        for bookmark in bookmarks(pdf.Root.Outlines):
            bookmark.Title = without_repetition(str(bookmark.Title))
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.Root.PageMode = pikepdf.Name.UseOutlines
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def bookmarks(parent):
    """All bookmarks below one, in reading order: a PDF chains them up instead of listing them."""
    item = parent.get("/First")
    while item is not None:
        yield item
        yield from bookmarks(item)
        item = item.get("/Next")


def without_repetition(title):
    """Chromium writes a heading twice into its bookmark when a page break has moved it."""
    half = title[: len(title) // 2]
    return half if title == half + half else title


def main(page, path):
    with TemporaryDirectory() as folder:
        printed = Path(folder, "printed.pdf")
        print_page(page, printed, Path(folder, "profile"))
        finish(printed, path, page)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
