"""What is sent is made small first: brotli where the browser takes it, else gzip."""

import gzip
from collections.abc import Callable, Mapping

import brotli

LEAST = 600  # bytes: below it, packing costs more than it saves
QUICKLY, ONCE = 4, 11  # for a page that is made anew each time, and for a file that is packed once

_PACK: Mapping[str, Callable[[bytes, bool], bytes]] = {
    "br": lambda content, once: brotli.compress(
        content, mode=brotli.MODE_TEXT, quality=ONCE if once else QUICKLY
    ),
    "gzip": lambda content, once: gzip.compress(content, 9 if once else 5, mtime=0),
}


def encoding(accepted: str) -> str | None:
    """The first of our encodings that an Accept-Encoding header takes; None where it takes none.

    >>> encoding("gzip, deflate, br;q=0.9"), encoding("br;q=0, gzip"), encoding("")
    ('br', 'gzip', None)
    """
    taken = {}
    for one in accepted.lower().split(","):
        name, _, weight = one.partition(";")
        taken[name.strip()] = weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return next((name for name in _PACK if taken.get(name)), None)


def packed(content: bytes, accepted: str, *, once: bool = False) -> tuple[bytes, dict[str, str]]:
    """Content as it is sent to somebody who takes some encodings, and the headers that say so.

    once: the result is kept, so that it may take its time.
    """
    headers = {"vary": "accept-encoding"}
    chosen = encoding(accepted) if len(content) >= LEAST else None
    if chosen is None:
        return content, headers
    return _PACK[chosen](content, once), headers | {"content-encoding": chosen}
