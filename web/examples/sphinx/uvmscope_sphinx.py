"""The directive ``uvmscope``: the element in HTML, its picture in EPUB and LaTeX, words elsewhere.

It calls the program ``uvmscope`` for the picture, so what makes no sense is told when the manual is
built, with the file and the line::

    .. uvmscope:: mlock-zero
       :kernel: original
       :at: 3.22

Without a scenario the content is a script.
"""

import hashlib
import html
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

PROGRAM = "uvmscope"
SCRIPT = "_static/uvmscope/uvmscope.js"
log = logging.getLogger(__name__)


def one_of(*names):
    """A value of a directive that is one of a few."""
    return lambda text: directives.choice(text, names)


def height(text):
    """A height as the element understands it."""
    if not re.fullmatch(r"\d+(\.\d+)?(px|em|rem|vh|svh|dvh)?", text or ""):
        raise ValueError("expected pixels or a length, as in 480 or 30em")
    return text


def draw(arguments, script):
    """What the program draws; a ValueError has what it says instead."""
    command = [PROGRAM, "render", "--caption", *arguments]
    try:
        drawn = subprocess.run(command, input=script.encode(), capture_output=True, check=False)
    except FileNotFoundError:
        raise ValueError("the program is not on the search path; cargo install it first") from None
    if drawn.returncode != 0:
        # Behind the first paragraph it tells of its options.
        said = drawn.stderr.decode(errors="replace").strip().split("\n\n")[0]
        raise ValueError(said.removeprefix("error: "))
    return drawn.stdout


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
        "height": height,
    }

    def run(self):
        scenario = self.arguments[0] if self.arguments else None
        script = "\n".join(self.content)
        if (scenario is None) == (not script):
            raise self.error("uvmscope: expected either the name of a scenario or a script")
        command = [f"--scenario={scenario}"] if scenario else ["-"]
        for name in ("kernel", "compare", "at"):
            if name in self.options:
                command.append(f"--{name}={self.options[name]}")
        try:
            svg = draw([*command, f"--theme={self.options.get('theme', 'auto')}"], script)
        except ValueError as error:
            return self.wrong(str(error))
        attributes = {"controls": "min", **self.options}
        if scenario:
            attributes["scenario"] = scenario
        drawn = element(svg=svg.decode(), script=script, attributes=attributes, command=command)
        self.set_source_info(drawn)
        return [drawn]

    def wrong(self, said):
        """Errors at the lines of the script that are wrong, or one at the line of the directive."""
        places = re.split(r"^standard input:(\d+):\d+: ", said, flags=re.MULTILINE)
        errors = [(*self.get_source_info(), places[0])] if places[0] else []
        for line, reason in zip(places[1::2], places[2::2]):
            source, offset = self.content.info(int(line) - 1)
            errors.append((source, offset + 1, reason))
        error = self.state_machine.reporter.error
        return [
            error(f"uvmscope: {reason.rstrip()}", source=source, line=line)
            for source, line, reason in errors
        ]


class Elsewhere(SphinxPostTransform):
    """Puts an image in the place of the element where the manual does not become HTML."""

    # Before Sphinx looks for the files of images.
    default_priority = 5

    def run(self):
        if self.app.builder.format == "html":
            return
        takes_files = "image/png" in self.app.builder.supported_image_types
        for node in list(self.document.findall(element)):
            node.replace_self(self.image(node) if takes_files else self.words(node))

    def said(self, node):
        """The picture in words, as it carries them itself."""
        drawn = ElementTree.fromstring(node["svg"])
        said = drawn.findtext("{http://www.w3.org/2000/svg}desc", "")
        return f"{drawn.get('aria-label', '')}. {said}"

    def words(self, node):
        """The calls, if they stand in the manual, and what the picture shows of them."""
        script = node["script"]
        calls = [nodes.literal_block(script, script, language="text")] if script else []
        return [*calls, nodes.paragraph("", self.said(node))]

    def image(self, node):
        """The picture as a file among those that Sphinx made of others."""
        try:
            file = self.png(node)
        except ValueError as error:
            log.error("uvmscope: %s", error, location=node)
            return self.words(node)
        self.env.images.add_file(self.env.docname, file)
        candidates = {"image/png": file}
        return nodes.image(uri=file, candidates=candidates, alt=self.said(node), width="100%")

    def png(self, node):
        """The picture as a file of points; paper is light."""
        points = draw([*node["command"], "--theme=light", "--png"], node["script"])
        folder = Path(self.app.doctreedir) / "images"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"uvmscope-{hashlib.sha256(points).hexdigest()[:16]}.png"
        file.write_bytes(points)
        return str(file)


def visit_html(self, node):
    """The element, with the picture and the script in it; in a book to take along, the picture."""
    builder = self.builder
    if builder.name == "epub":
        self.body.append(node["svg"])
        raise nodes.SkipNode
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


def check(app):
    """Says early where the element's files have to be."""
    if app.builder.format == "html" and not (Path(app.srcdir) / SCRIPT).is_file():
        log.warning("uvmscope: there is no %s; copy the package uvmscope there", SCRIPT)


def setup(app):
    """Called by Sphinx."""
    app.add_directive("uvmscope", Uvmscope)
    app.add_node(element, html=(visit_html, None))
    app.add_post_transform(Elsewhere)
    app.connect("builder-inited", check)
    return {"version": "0.1", "parallel_read_safe": True, "parallel_write_safe": True}
