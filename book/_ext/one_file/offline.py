"""The book as one file, a PDF or an EPUB: in it, what only a page can do is replaced; on the site, it is offered.

`make pdf` and `make epub` leave their files in book/_offline; the site takes along those that it finds there.
"""

import re
from pathlib import Path

from docutils import nodes

FOLDER = "book/_offline"
FILES = {"PDF": "learning-rates-in-motion.pdf", "EPUB": "learning-rates-in-motion.epub"}
BOOTSTRAP = 'find_spec("learning_rates")'  # in the cell that installs the package in Colab
COLAB = "https://colab.research.google.com/"
EXPLORER = re.compile(r'<div data-explorer="(\w+)" id="([\w-]+)">(.*)</div>', re.DOTALL)
ANSWER = re.compile(r"<details>\s*<summary>(.*?)</summary>")


def existing(app):
    """Files to take along: {format: path}."""
    paths = {kind: Path(app.srcdir, FOLDER, name) for kind, name in FILES.items()}
    return {kind: path for kind, path in paths.items() if path.exists()}


def publish(app, config):
    config.html_extra_path += [str(path.relative_to(app.srcdir)) for path in existing(app).values()]


def offer(name, rawtext, text, lineno, inliner, options=None, content=None):
    """`{offline}`words`` gives the words and the files, with their sizes; in those files, a link to the site."""
    env = inliner.document.settings.env
    if not is_site(env.app):
        address = env.config.html_baseurl
        return [nodes.Text("This is it. Its live twin is at "), nodes.reference("", address, refuri=address)], []
    files = existing(env.app)
    if not files:
        command = nodes.literal("", "make pdf epub && make book")
        offers = nodes.Text(" makes the book as one file, which this page then offers.")
        return [nodes.Text("The command "), command, offers], []
    offered = []
    for kind, path in files.items():
        label, link = f"{kind} ({path.stat().st_size / 1e6:.1f} MB)", "../" * env.docname.count("/") + path.name
        offered += [nodes.Text(" · " if offered else f"{text}: "), nodes.reference("", label, refuri=link)]
    return offered, []


def is_site(app):
    return app.builder.name == "html"


def settle(app, doctree):
    """Open folded answers, make a figure with a link of what is live, and remove folded code and what serves Colab."""
    if is_site(app):
        return
    remove_folded_code(doctree)
    page = f"{app.config.html_baseurl}{app.env.docname}.html"
    for cell in list(doctree.findall(nodes.container)):
        if "cell" in cell["classes"] and BOOTSTRAP in cell.astext():
            cell.parent.remove(cell)
    for link in doctree.findall(nodes.reference):
        if link.get("refuri", "").startswith(COLAB):
            link["refuri"] = page
            link[:] = [nodes.Text("This chapter on the site")]
    for raw in doctree.findall(nodes.raw):
        raw[:] = [nodes.Text(still(raw.astext(), page))]


def remove_folded_code(doctree):
    """Remove what the site folds, as no page of paper opens: code that draws or asserts, and what only that prints."""
    for cell in list(doctree.findall(nodes.container)):
        folded = cell.attributes.pop("hide_mode", None)  # myst-nb's, which would fold it later
        if folded == "all" and not any(cell.findall(nodes.image)):
            cell.parent.remove(cell)
        elif folded in ("all", "input"):
            cell[:] = [part for part in cell if part.get("nb_element") != "cell_code_source"]


def still(markup, page):
    """Turn an explorer into its figure, an answer into text under its mark; links to settings lead to the site."""
    markup = markup.replace('href="?', f'href="{page}?')
    markup = EXPLORER.sub(
        rf'<div class="still" id="\2">\3<p>Play with it on the site: <a href="{page}#\2">{page}#\2</a></p></div>',
        markup,
    )
    return ANSWER.sub(r'<div class="answer"><p class="answer-mark">\1</p>', markup).replace("</details>", "</div>")


def leave_out_the_sites_own(app):
    """Leave out the root, which leads to the first page; the page for wrong addresses; the files to take along."""
    if not is_site(app):
        app.config.html_additional_pages, app.config.html_extra_path = {}, []
