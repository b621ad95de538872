"""Settings of Sphinx; ``python reproduce.py --site`` puts the sources together and runs it."""

from aidstudy.version import AUTHORS, __version__

project = "aidstudy"
author = AUTHORS
copyright = author
version = release = __version__
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_click",
]
exclude_patterns = ["figures/**"]
# Notebooks are shown as they are stored; the rebuild has executed and compared them.
nb_execution_mode = "off"
myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

autosummary_generate = True
autosummary_imported_members = True
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = "aidstudy"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    # The wider button shows a word that its name for screen readers does not hold.
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "back_to_top_button": False,
    "header_links_before_dropdown": 9,
}
html_context = {"default_mode": "auto"}
# Built for reading from a disk: an address of a page ends in its file name.
html_baseurl = ""
