"""What pages of the documentation say of measured results: a module for each page.

A table of a new benchmark is a function in its page's module and a place on that page; a new page
is a module here and its line in ``docs/make_pages.py``.
"""
