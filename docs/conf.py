"""How the documentation is built: `make docs`."""

import os

from unvanish import __version__

os.environ.setdefault("KERAS_BACKEND", "torch")  # the adapter is the same on all

project = "unvanish"
author = "The unvanish authors"
project_copyright = author
version = release = __version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx.ext.viewcode",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "sphinx_design",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
plot_formats = ["svg"]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_include_source = True
plot_rcparams = {"figure.figsize": (7, 2.2), "font.size": 9, "figure.constrained_layout.use": True}
plot_apply_rcparams = True

html_theme = "furo"
html_title = f"unvanish {release}"
