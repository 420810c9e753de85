"""How people come into a room: its link, the address to type, and the picture to scan."""

from __future__ import annotations

import segno
from markupsafe import Markup
from starlette.requests import Request

from survey.web import installation


def join_link(request: Request, code: str) -> str:
    """The link that leads into a room."""
    return f"{installation(request).settings.public_url}/room/{code}"


def join_address(request: Request) -> str:
    """Where to type the code of a room, as it is read from a screen."""
    return f"{installation(request).settings.public_url}/join".partition("://")[2]


def picture(link: str) -> Markup:
    """A link as a picture to scan."""
    code = segno.make(link, micro=False, error="m")
    drawn = code.svg_inline(scale=1, border=3, omitsize=True, svgclass="qr", lineclass=None)
    return Markup(drawn)  # noqa: S704
