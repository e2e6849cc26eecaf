"""The directive ``uvmscope``: the element in HTML, its picture everywhere else.

It calls the program ``uvmscope`` for the picture, so what makes no sense is told when the manual is
built, with the file and the line of the directive::

    .. uvmscope:: mlock-zero
       :kernel: original
       :at: 3.22

Without a scenario the content is a script.
"""

import html
import subprocess
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

PROGRAM = "uvmscope"
SCRIPT = "_static/uvmscope/uvmscope.js"
log = logging.getLogger(__name__)


def one_of(*names):
    """A value of a directive that is one of a few."""
    return lambda text: directives.choice(text, names)


class element(nodes.General, nodes.Element):
    """The element and its picture."""


class Uvmscope(SphinxDirective):
    """Draws the picture, and keeps what the element needs."""

    optional_arguments = 1
    has_content = True
    option_spec = {
        "kernel": directives.unchanged_required,
        "compare": directives.unchanged_required,
        "at": directives.unchanged_required,
        "controls": one_of("full", "min", "none"),
        "theme": one_of("auto", "light", "dark"),
        "height": directives.unchanged_required,
    }

    def run(self):
        scenario = self.arguments[0] if self.arguments else None
        script = "\n".join(self.content)
        if (scenario is None) == (not script):
            raise self.error("uvmscope: expected either the name of a scenario or a script")
        command = [PROGRAM, "render", "--caption"]
        command += ["--scenario", scenario] if scenario else ["-"]
        for name in ("kernel", "compare", "at", "theme"):
            if name in self.options:
                command += [f"--{name}={self.options[name]}"]
        try:
            drawn = subprocess.run(
                command, input=script, capture_output=True, text=True, check=False
            )
        except FileNotFoundError:
            raise self.error(
                "uvmscope: the program is not on the search path; cargo install it first"
            ) from None
        if drawn.returncode != 0:
            raise self.error(f"uvmscope: {drawn.stderr.strip()}")
        attributes = {"controls": "min", **self.options}
        if scenario:
            attributes["scenario"] = scenario
        return [element(svg=drawn.stdout, script=script, attributes=attributes)]


def visit_html(self, node):
    """The element, with the picture and the script in it."""
    builder = self.builder
    page = builder.get_target_uri(builder.current_docname)
    src = html.escape(relative_uri(page, SCRIPT))
    attributes = "".join(
        f' {name}="{html.escape(value)}"' for name, value in node["attributes"].items()
    )
    script = node["script"].replace("</", "<\\/")
    inside = f'<script type="text/uvmscope">\n{script}\n</script>' if script else ""
    self.body.append(
        f'<script type="module" src="{src}"></script>\n'
        f"<uvm-scope{attributes}>\n{node['svg']}{inside}</uvm-scope>\n"
    )
    raise nodes.SkipNode


def visit_text(self, node):
    """What a builder of plain text can say of it."""
    self.add_text(f"[a picture: {node['attributes'].get('scenario', 'a script')}]")
    raise nodes.SkipNode


def check(app):
    """Says early where the element's files have to be."""
    if not (Path(app.srcdir) / SCRIPT).is_file():
        log.warning("uvmscope: there is no %s; copy the package uvmscope there", SCRIPT)


def setup(app):
    """Called by Sphinx."""
    app.add_directive("uvmscope", Uvmscope)
    app.add_node(
        element, html=(visit_html, None), text=(visit_text, None), man=(visit_text, None)
    )
    app.connect("builder-inited", check)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
