"""What search engines and link previews are told: a page's address and first words, the book's picture and pages."""

import html
from pathlib import Path
from urllib.parse import urljoin

import cover
from docutils import nodes

DESCRIPTION_LENGTH = 155
CARD = "_static/social_card.png"
CARD_SAYS = "Learning Rates in Motion. A rate that rises and falls in one cycle, and a momentum that moves against it."


def introduce(app, pagename, templatename, context, doctree):
    page = app.config.root_doc if pagename == "index" else pagename  # the site's root leads to the book's first page
    if app.builder.name != "html" or page not in app.env.found_docs:
        return
    context["pageurl"] = address(app, page)
    tags = {
        "og:type": "article",
        "og:site_name": context["docstitle"],
        "og:title": app.env.titles[page].astext(),
        "og:url": context["pageurl"],
        "og:image": urljoin(app.config.html_baseurl, CARD),
        "og:image:width": cover.CARD[0],
        "og:image:height": cover.CARD[1],
        "og:image:alt": CARD_SAYS,
        "twitter:card": "summary_large_image",
    }
    if description := first_words(app.env.get_doctree(page)):
        tags |= {"description": description, "og:description": description}
    context["introduction"] = "".join(meta(name, text) for name, text in tags.items())  # for the root alone
    context["metatags"] = context.get("metatags", "") + context["introduction"]


def address(app, page):
    return urljoin(app.config.html_baseurl, app.builder.get_target_uri(page))


def first_words(doctree):
    """The page's first paragraph."""
    first = next(iter(doctree.findall(nodes.paragraph)), None)
    text = nodes.unescape(" ".join(first.astext().split())) if first else ""
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def meta(name, text):
    key = "property" if name.startswith("og:") else "name"
    return f'<meta {key}="{name}" content="{html.escape(str(text))}">\n'


def publish(app, error):
    if error or app.builder.name != "html":
        return
    out = Path(app.outdir)
    cover.draw_card(Path(app.srcdir), out / CARD, app.config.project)
    entries = "".join(f"<url><loc>{address(app, page)}</loc></url>\n" for page in sorted(app.env.found_docs))
    sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}</urlset>\n'
    (out / "sitemap.xml").write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{sitemap}', encoding="utf-8")


def setup(app):
    app.connect("html-page-context", introduce, priority=900)
    app.connect("build-finished", publish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
