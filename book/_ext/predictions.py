"""The answer to a *Predict* stays folded on the site until the reader opens it; in Colab, PDF and EPUB all is open.

What answers is found, not marked: after the box come the cells with the result, and the paragraph that reads it.
"""

from docutils import nodes

QUESTION = "Predict."
SUMMARY = "Compare with your prediction"
OUTPUT = "cell_code_output"  # myst-nb's name for it


class Answer(nodes.General, nodes.Element):
    """A result and the paragraph that reads it."""


def open_answer(translator, node):
    translator.body.append(f'<details class="predicted"><summary>{SUMMARY}</summary>\n')


def close_answer(translator, node):
    translator.body.append("</details>\n")


def fold(app, doctree):
    if app.builder.name == "html":
        for box in list(doctree.findall(nodes.block_quote)):
            if box.astext().startswith(QUESTION):
                fold_below(box)


def fold_below(box):
    """Fold the first cell below the box that has a result, the cells after it, and the next paragraph.

    The set-up above the result stays, and so does code that nothing else folds. Where a heading or another box comes
    first, the answer is given elsewhere.
    """
    below = box.parent[box.parent.index(box) + 1 :]
    start = next((place for place, part in enumerate(below) if output_of(part) or ends(part)), len(below))
    if start == len(below) or ends(below[start]):
        return
    end = start
    while end < len(below) and is_cell(below[end]):
        end += 1
    end += end < len(below) and isinstance(below[end], nodes.paragraph)
    answer = Answer("", *below[start:end])
    for part in below[start:end]:
        box.parent.remove(part)
    first = answer[0]
    box.parent.insert(box.parent.index(box) + 1 + start, answer)
    if "hide_mode" not in first:
        result = output_of(first)
        first.remove(result)
        answer[0] = nodes.container("", result, **first.attributes)
        box.parent.insert(box.parent.index(answer), first)


def ends(part):
    return isinstance(part, (nodes.section, nodes.block_quote))


def is_cell(part):
    return isinstance(part, nodes.container) and "cell" in part["classes"]


def output_of(part):
    """What a cell shows, unless the whole cell is folded anyway."""
    if is_cell(part) and part.get("hide_mode") != "all":
        return next((child for child in part if child.get("nb_element") == OUTPUT), None)
    return None


def setup(app):
    app.add_node(Answer, html=(open_answer, close_answer))
    app.connect("doctree-read", fold)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
