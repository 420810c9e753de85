"""A figure as an SVG element for a page: small, scalable, the same each time, and said in words."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from html import escape
from threading import Lock

import matplotlib as mpl
from matplotlib.figure import Figure

from .paper import Picture

_drawing = Lock()


def svg(figure: Figure) -> str:
    """The figure as an SVG element that scales and says what it shows; the same figure, the same text.

    A `Picture` brings its own title and description; any other figure of matplotlib is drawn without.

    >>> from analysis import SurveyDesign
    >>> from analysis.charts import ranking
    >>> table = SurveyDesign({"worry": [1, 0] * 40, "age": ["10"] * 80}, kind="gatekept").proportion("worry", by="age")
    >>> drawn = svg(ranking(table, labels={}, title="Worried"))
    >>> drawn[:4], "Worried</title>" in drawn
    ('<svg', True)
    """
    out = io.StringIO()
    with (
        _drawing,
        mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": "soundings"}),
        warnings.catch_warnings(),
    ):
        warnings.filterwarnings("ignore", "Glyph")  # of a font that is not drawn with: the reader's own is
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = out.getvalue()
    drawn = drawn[drawn.index("<svg") :]
    drawn = re.sub(r"<metadata>.*?</metadata>", "", drawn, flags=re.S)
    drawn = re.sub(r"<!--.*?-->", "", drawn, flags=re.S)
    drawn = re.sub(r"<style.*?</style>", "", drawn, flags=re.S)
    drawn = re.sub(r' id="(?:[a-zA-Z]+_)+\d+"', "", drawn)
    drawn = re.sub(r'style="([^"]*)"', lambda style: _attributes(style[1]), drawn)
    drawn = re.sub(r' transform="rotate\(-0[^"]*"', "", drawn)
    drawn = re.sub(r"(\d\.\d)\d+", r"\1", drawn)
    drawn = re.sub(r"\s*\n\s*", " ", drawn)
    return _titled(drawn, figure)


def _attributes(style: str) -> str:
    """A style as attributes, which no content security policy forbids; the font is set once, on the whole."""
    pairs = (pair.split(": ", 1) for pair in style.strip("; ").split("; "))
    return " ".join(f'{name}="{value}"' for name, value in pairs if name != "font-family")


def _titled(drawn: str, figure: Figure) -> str:
    heading = figure.heading if isinstance(figure, Picture) else ""
    words = figure.description if isinstance(figure, Picture) else ""
    direction = 'direction="rtl" ' if isinstance(figure, Picture) and figure.mirrored else ""
    key = hashlib.sha256(drawn.encode()).hexdigest()[:8]
    box = re.search(r'viewBox="[^"]*"', drawn)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'{box.group() if box else ""} width="100%" font-family="system-ui, sans-serif" '
        f'{direction}role="img" aria-labelledby="t{key} d{key}">'
        f'<title id="t{key}">{escape(heading)}</title><desc id="d{key}">{escape(words)}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: opening, drawn, count=1)
