"""What is written down of faults: a JSON object a line, with where in our code it was and nothing that anybody sent.

A fault's own words are left out: a database puts the values of a row into them, and those may be somebody's answers.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import traceback
from pathlib import Path

PACKAGES = Path(__file__).parent.parent.parent
OWN = ("survey", "questions", "analysis")


class Lines(logging.Formatter):
    """A record as one line of JSON. Words that are ours alone (no values put into them) are kept, with their kind."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        told: dict[str, object] = {
            "at": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": str(record.msg) if isinstance(record.msg, str) else type(record.msg).__name__,
        }
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            told |= {"fault": f"{kind.__module__}.{kind.__qualname__}", "where": _where(trace)}
        return json.dumps(told, ensure_ascii=False)


def _where(trace: object) -> list[str]:
    """The places in our own code that a fault came through, the innermost last."""
    frames = traceback.extract_tb(trace)  # type: ignore[arg-type]
    return [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in frames
        if _short(frame.filename).split("/")[0] in OWN
    ]


def _short(file: str) -> str:
    path = Path(file)
    return path.relative_to(PACKAGES).as_posix() if path.is_relative_to(PACKAGES) else path.name


def write_lines() -> None:
    """Write whatever is logged, by us or by what we use, as lines to the standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [], True
