"""A manual with the element in it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "A manual with the element in it"
extensions = ["uvmscope_sphinx"]
html_theme = "alabaster"
# The files of the element are in _static/uvmscope.
html_static_path = ["_static"]
html_css_files = ["uvmscope.css"]
exclude_patterns = ["_build", "_latex", "_text"]
# EPUB takes the picture; what the element consists of lies beside it unused.
suppress_warnings = ["epub.unknown_project_files"]
