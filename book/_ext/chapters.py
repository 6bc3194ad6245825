"""A chapter's number, from the name of its file, and the part that it opens, from the table of contents.

Both are added while the book is built, in every form of it, so that a chapter that moves is numbered anew in one place.
The names of places stay as the headings make them: links do not change.
"""

import re

from docutils import nodes
from sphinx import addnodes

CHAPTER = re.compile(r"notebooks/(\d\d)_")
BEFORE_TITLES_ARE_TAKEN = 100  # Sphinx keeps them, for lists and links, at 500


def number_of(document):
    """The number of the chapter in that document, or None."""
    found = CHAPTER.match(document)
    return int(found[1]) if found else None


def add_number(app, doctree):
    """6 · Decay and warm-up."""
    number, title = number_of(app.env.docname), next(iter(doctree.findall(nodes.title)), None)
    if number and title:
        title.insert(0, nodes.Text(f"{number} · "))


def parts_of(app):
    """The part of each chapter: {document: "Part II · Policies"}."""
    parts = app.env.external_site_map.root.subtrees
    return {item: f"Part {part.caption}" for part in parts for item in part.items if number_of(item)}


def add_part(app, doctree, document):
    """Say above a chapter's title which part it belongs to."""
    parts = parts_of(app)
    chapters = {chapter["docname"]: chapter for chapter in doctree.findall(addnodes.start_of_file)}
    for name, chapter in ({document: doctree} | chapters).items():
        if name in parts:
            chapter.insert(0, nodes.rubric("", parts[name], classes=["part"]))


def setup(app):
    app.connect("doctree-read", add_number, priority=BEFORE_TITLES_ARE_TAKEN)
    app.connect("doctree-resolved", add_part)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
