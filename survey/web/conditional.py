"""Asking again for what one has already (RFC 9110, 13.1.2)."""

from starlette.requests import Request


def unchanged(request: Request, tag: str) -> bool:
    """Whether the sender has this very version, by its If-None-Match; tag: as it stands in ETag, with its marks."""
    told = request.headers.get("if-none-match", "")
    return bool({one.strip().removeprefix("W/") for one in told.split(",")} & {tag, "*"})
