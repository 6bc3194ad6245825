"""The book as one file: the page of which the PDF is printed, the EPUB, and the links to both on the site.

What happens to a page's markup on the way stands in html_site, with the site's own steps.
"""

from one_file import epub, offline, one_page


def setup(app):
    app.add_builder(one_page.BookBuilder, override=True)
    app.add_builder(epub.BookBuilder, override=True)
    app.add_role("offline", offline.offer)
    app.connect("config-inited", offline.publish)
    app.connect("builder-inited", offline.leave_out_the_sites_own)
    app.connect("doctree-read", offline.settle)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
