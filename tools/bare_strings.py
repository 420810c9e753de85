"""Fails when a template says something to people that no translator would see: words outside `_()` and `ngettext()`."""

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import nodes

TEMPLATES = Path(__file__).resolve().parent.parent / "survey" / "templates"
READ_OUT = ("title", "alt", "aria-label", "aria-description", "placeholder", "label", "summary")
NAMES = ("Soundings", "CSV", "JSON", "[c]")  # said alike in every language
MARKED = ("_", "gettext", "ngettext")
CHOOSING = ("select", "selectattr", "reject", "rejectattr")
SENTENCE = re.compile(r"[^\W\d_]{2,}\s+[^\W\d_]+|^[A-Z][a-z]+")
SHOWN = "\N{OBJECT REPLACEMENT CHARACTER}"  # stands for what an expression shows
NOT_SAID = re.compile(
    rf"{SHOWN}[\w-]*|^\s*(?:class|id)=\"[\w -]*\"\s*$"
)  # an id made of a key, a block of attributes

environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)


class Reader(HTMLParser):
    """Reads what a template says besides its expressions, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read the attributes that a screen reader reads out."""
        self._silent = tag in ("style", "script")
        described = tag == "meta" and ("name", "description") in attrs
        for name, value in attrs:
            if name in READ_OUT or (described and name == "content"):
                self._hear(value or "")

    def handle_endtag(self, tag: str) -> None:
        """Styles and scripts have ended."""
        self._silent = False

    def handle_data(self, data: str) -> None:
        """Read what stands between tags."""
        if not self._silent:
            self._hear(data)

    def _hear(self, words: str) -> None:
        words = NOT_SAID.sub("", words)
        for name in NAMES:
            words = words.replace(name, "")
        if any(one.isalpha() for one in words):
            self.found.append((self.getpos()[0], " ".join(words.split())))


def bare_strings(source: str) -> list[tuple[int, str]]:
    """The line and the words of everything in a template that is not marked for translation."""
    reader = Reader()
    reader.feed(_without_expressions(source))
    reader.close()
    return sorted([*reader.found, *_in_expressions(environment.parse(source))])


def _without_expressions(source: str) -> str:
    """The HTML of a template: an expression leaves a mark that is no letter, a statement only its lines."""
    kept, inside = [], False
    for _line, token, text in environment.lex(source):
        if token in ("variable_begin", "block_begin", "comment_begin"):
            inside = True
            kept.append(SHOWN if token == "variable_begin" else "")  # noqa: S105
        kept.append(text if not inside else "\n" * text.count("\n"))
        if token in ("variable_end", "block_end", "comment_end"):
            inside = False
    return "".join(kept)


def _in_expressions(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Sentences that are written into an expression, as in `{{ "Please check" if wrong }}`."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Call) and getattr(child.node, "name", "") in MARKED:
            for value in child.kwargs:
                yield from _in_expressions(value)
        elif isinstance(child, nodes.Compare) or getattr(child, "name", "") in CHOOSING:
            continue  # what is compared is not shown
        elif isinstance(child, nodes.Const) and isinstance(child.value, str):
            if SENTENCE.search(child.value) and child.value not in NAMES:
                yield child.lineno, child.value
        else:
            yield from _in_expressions(child)


def main() -> int:
    """Print every bare string with its place; 1 when there are any."""
    found = [
        f"survey/templates/{path.relative_to(TEMPLATES)}:{line}: {words}"
        for path in sorted(TEMPLATES.rglob("*.html"))
        for line, words in bare_strings(path.read_text("utf8"))
    ]
    print("\n".join(found) or "Every word of the templates can be translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
