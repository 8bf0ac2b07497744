"""The site's configuration. Pages that follow from notebooks, package and results are made by prep.py, before Sphinx reads anything."""
import importlib.util
import re
import shutil
import sys
from configparser import ConfigParser
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]
import prep  # noqa: E402

LINKS = prep.main()

parser = ConfigParser(delimiters=["="])
parser.read(ROOT / "settings.ini", encoding="utf-8")
cfg = parser["DEFAULT"]
project, author, release, copyright = cfg["lib_name"], cfg["author"], cfg["version"], cfg["copyright"]

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "numpydoc", "sphinx_copybutton", "sphinx_design", "sphinx.ext.mathjax"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["_vendor", "_extra", "_made", "**.ipynb_checkpoints"]
root_doc = "index"

nb_execution_mode = "off"              # outputs are stored in the notebooks; `make notebooks` is what runs them
nb_merge_streams = True
nb_render_markdown_format = "myst"         # tables in Markdown outputs are tables
myst_enable_extensions = ["dollarmath", "substitution", "amsmath", "colon_fence", "deflist", "attrs_inline", "attrs_block"]
myst_heading_anchors = 3
myst_substitutions = dict(zip(("labels_sd", "network_sd"), prep.gallery.spreads(ROOT)))      # numbers in prose come from results
autodoc_typehints = "signature"
maximum_signature_line_length = 100
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False           # torch speaks of pages of its own
numpydoc_show_class_members = False
nitpicky = False
default_role = "py:obj"

# MathJax with SVG output is one file that needs neither fonts nor another host; PyPI's django-static-mathjax carries it.
vendor = HERE / "_vendor"
vendor.mkdir(exist_ok=True)
mathjax = Path(importlib.util.find_spec("mathjax").submodule_search_locations[0])
shutil.copy(mathjax / "static/mathjax/es5/tex-svg.js", vendor)
mathjax_path = "tex-svg.js"


def link_names(app, what, name, obj, options, lines):
    "Short names in a docstring lead to their entries."
    part = ""                                                                          # `name : what it is` is a description, no type
    for i, line in enumerate([*lines]):
        if line == "Example" and lines[i + 1:i + 2] == ["-------"]: lines[i:i + 2] = ["Examples", "--------"]    # as numpydoc calls it
        if i + 1 < len(lines) and lines[i + 1] and set(lines[i + 1].strip()) == {"-"}: part = line.strip()
        told = not lines[i + 1:i + 2] or not lines[i + 1].startswith("    ")                # no description below
        if part in ("Parameters", "Attributes", "Returns", "Raises") and told and (m := re.match(r"(\S.*?) : (.+)$", line)):
            lines[i] = f"{m[1]}\n    {m[2]}"
    lines[:] = "\n".join(lines).split("\n")
    for i, line in enumerate(lines):
        if line[:1] in ("", " ") or " " in line: line = re.sub(r"(?<![`\w.])([\w.]*[^\W_])_(?![\w`])", r"\1\_", line)   # classes_ is no reference
        if line.count("*") % 2: line = line.replace("*", r"\*")                       # *args and x*y are no emphasis
        line = re.sub(r"(?<![`\w])\|(?=[^|]*\|)", r"\|", line)                       # |x| is no substitution
        lines[i] = re.sub(r"(?<![:\w`])`([A-Za-z_][\w.]*)`(?![`_])",
                          lambda m: f":py:obj:`{m[1]} <{LINKS[m[1]]}>`" if m[1] in LINKS else m[0], line)


def link_pages(app, name, source):
    "Names in the pages written by hand lead to their entries too."
    if name.startswith(("index", "is-it-for-me", "howto/", "yours/", "explain/", "learn/")): source[0] = prep.link_names(source[0], LINKS)


def forget_builtins(app, env):
    "Source pages exist for the package only; viewcode would list others that it could not read."
    sources = getattr(env, "_viewcode_modules", {})
    for module in [m for m, known in sources.items() if not known]: del sources[module]


def setup(app):
    app.connect("source-read", link_pages)
    app.connect("env-check-consistency", forget_builtins)
    app.connect("autodoc-process-docstring", link_names, priority=10)           # before numpydoc's


html_theme = "pydata_sphinx_theme"
html_title = f"{project} {release}"
html_static_path = ["_static", "_vendor"]
html_extra_path = ["_extra"]
html_css_files = ["custom.css"]
html_js_files = [("site.js", {"defer": "defer"})]
html_favicon = "_static/nsad.svg"
html_logo = "_static/nsad.svg"
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {page: [] for page in ("index", "is-it-for-me", "gallery", "contributing", "changelog")}
html_context = {"default_mode": "auto"}
html_theme_options = {
    "logo": {"text": "nsad"}, "show_toc_level": 2, "navigation_with_keys": False, "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": [], "gallery": []},
    "footer_start": ["copyright"], "footer_end": [], "header_links_before_dropdown": 6,
    "pygments_light_style": "tango", "pygments_dark_style": "github-dark",
}
