"""A file that waits for approval travels in the form of its preview, so that nothing is stored until then."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence

PIECE = 60_000  # characters of a field: a form takes fields of up to 64 KB
LARGEST = 5 * 2**20  # bytes of a file, as of any upload
LARGEST_HELD = 4 * 2**20  # characters in a form, so that it comes back within the limit of an upload


def held(content: bytes) -> list[str]:
    """A file as fields of a form; none where it would be too big to come back."""
    told = base64.b64encode(zlib.compress(content, 6)).decode()
    return [told[at : at + PIECE] for at in range(0, len(told), PIECE)] if len(told) <= LARGEST_HELD else []


def taken_back(pieces: Sequence[str]) -> bytes:
    """The file from the fields of a form; raises ValueError for anything else, however it unpacks.

    >>> taken_back(held(b"date;area")), held(b"")[0] == ""
    (b'date;area', False)
    """
    try:
        packed = base64.b64decode("".join(pieces), validate=True)
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(packed, LARGEST + 1)
    except (binascii.Error, zlib.error, ValueError):
        raise ValueError("this is no file that was held") from None
    if len(content) > LARGEST or not unpacking.eof:
        raise ValueError("this is no file that was held")
    return content
