"""How the theme's pages become the book's: every step, and when it comes.

A step is a plain function. Sphinx would call handlers by priorities that no file shows together; here each event has
one handler, which goes through the list of the form of the book that is being built: the site, or the page of which
the PDF is printed, or the EPUB.
"""

import exercises
import explorers

from html_site import accessibility, assets, figures, markup, patches, policy, previews, search

AFTER_THE_THEME = 900  # the theme's handlers, at 500 and 501, fill in what these steps change

# Once, when the settings are read: step(app)
SETTINGS = (
    assets.configure,
    markup.configure,
    previews.configure,
    search.configure,
    figures.start_workers,
    explorers.start_list,
)

# For each page, before its template is filled: step(app, pagename, context)
EVERYWHERE = (accessibility.name_rows, accessibility.drop_wrong_roles, markup.name_boxes, figures.lighten)
PAGE = {
    "html": (
        *EVERYWHERE,
        accessibility.name_downloads,
        accessibility.name_folded_cells,
        markup.drop_needless_scripts,
        markup.defer_scripts,
        markup.show_colab_at_once,
        previews.introduce_the_root,
        assets.link_one_sheet,
        assets.preload_fonts,
        explorers.prepare_mounts,
        exercises.prepare_cells,
        search.load_script,
        search.collect,  # last, for it reads what the others have left
    ),
    "singlehtml": (*EVERYWHERE, assets.link_one_sheet),
    "epub": (*EVERYWHERE, markup.make_xml),
}

# Once, when all pages stand: step(app)
FINISH = {
    "html": (
        previews.draw_card,
        explorers.publish,
        exercises.publish,
        search.publish,
        assets.publish_fonts,
        assets.bundle_sheets,
        assets.remove_leftovers,
        assets.purge_sheet,  # looks into every page and script
        assets.cut_fonts,  # looks into every page, and into the sheet for the fonts that it still names
        figures.finish,  # late, because it waits for the workers
        policy.publish,  # takes the hashes of pages that no step changes any more
        patches.check,
    ),
    "singlehtml": (assets.publish_fonts, assets.bundle_sheets, figures.finish, patches.check),
    "epub": (patches.check,),
}


def settle(app, config):
    for step in SETTINGS:
        step(app)


def make_page(app, pagename, templatename, context, doctree):
    context |= {part: context.get(part) or "" for part in ("body", "metatags")}  # the search page has neither
    for step in PAGE[app.builder.name]:
        step(app, pagename, context)


def finish(app, error):
    for step in () if error else FINISH[app.builder.name]:
        step(app)


def setup(app):
    app.connect("config-inited", settle)
    app.connect("html-page-context", make_page, priority=AFTER_THE_THEME)
    app.connect("build-finished", finish, priority=AFTER_THE_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
