"""What people send: forms and files, read whole or refused with what to do."""

import hashlib
import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive

from questions.messages import _
from survey.web.problems import Problem

LARGEST_BODY = 64 * 1024
LARGEST_UPLOAD = 5 * 2**20  # bytes, with what a form has beside the file
MOST_FILES = 10
MOST_FIELDS = 1000
MOST_PARTS = 6000  # fields of a form that comes with files

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Form = dict[str, list[str]]


def one(form: Form, name: str) -> str:
    """The first value of a field of a form, its words one space apart; empty where there is none."""
    return " ".join(next(iter(form.get(name, [])), "").split())


def writable(words: str) -> str:
    """Words without the characters that no keyboard writes, and that neither PostgreSQL nor XML can hold.

    >>> writable("Buses\\x00 at\\x01 night\\n")
    'Buses at night\\n'
    """
    return UNWRITABLE.sub("", words)


async def read_form(request: Request) -> Form:
    """The fields of a form as it was sent, each with all its values; the same again when it is asked for again.

    Raises Problem: 413 for more than 64 KB, 415 for another kind of body, 400 for one that is not a form.
    """
    if not hasattr(request.state, "form"):
        request.state.form = await _read_form(request)
    form: Form = request.state.form
    return form


async def _read_form(request: Request) -> Form:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await _read_body(request)
    if body and kind != "application/x-www-form-urlencoded":
        raise Problem(415, _("We could not read that"), _("Please go back and use the form on the page."))
    try:
        told = parse_qs(
            body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
        return {writable(name): [writable(value) for value in values] for name, values in told.items()}
    except ValueError:
        raise Problem(
            400,
            _("We could not read that"),
            _("Some of it was not in a form that we can read. Please go back and try again."),
        ) from None


async def _read_body(request: Request) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise _too_long()
        parts.append(part)
    return b"".join(parts)


def _too_long() -> Problem:
    sentence = _("Please go back, make what you wrote shorter, and try again.")
    return Problem(413, _("That is too much at once"), sentence)


def mark_of(told: object) -> str:
    """The same for the same words: a form carries it, so that nobody overwrites what they have not seen.

    >>> mark_of({"title": "Plan"}) == mark_of({"title": "Plan"}) != mark_of({"title": "Plans"})
    True
    """
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody sent: what they call it, and what is in it."""

    name: str
    content: bytes


async def read_upload(request: Request) -> tuple[Form, list[Upload]]:
    """The fields of a form, and the files sent with it; a form without any is read as any other.

    Raises Problem: 413 as soon as more than 5 MB have come, or 64 KB in one box; 400 for what is not a form.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        return await read_form(request), []
    limited = Request(request.scope, _at_most(LARGEST_UPLOAD, request.receive))
    try:
        async with limited.form(
            max_files=MOST_FILES, max_fields=MOST_PARTS, max_part_size=LARGEST_BODY
        ) as sent:
            return await _sorted_out(sent)
    except HTTPException as wrong:
        if "maximum size" in wrong.detail:  # of one box
            raise _too_long() from None
        raise Problem(
            400,
            _("We could not read that"),
            _("Some of it was not in a form that we can read. Please go back and try again."),
        ) from None


def _at_most(most: int, receive: Receive) -> Receive:
    """Hear a request until it gets too long; what comes after that is never kept."""
    size = 0

    async def heard() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise Problem(
                413,
                _("That file is too big"),
                _("It is larger than 5 MB, and nothing was changed. Go back and choose another."),
            )
        return message

    return heard


async def _sorted_out(sent: FormData) -> tuple[Form, list[Upload]]:
    """What was typed and what was sent; a place for a file that was left empty is no file."""
    form: Form = {}
    files = []
    for name, value in sent.multi_items():
        if not isinstance(value, UploadFile):
            form.setdefault(name, []).append(value)
        elif value.filename or value.size:
            files.append(Upload(value.filename or "", await value.read()))
    return form, files
