"""What a file of rows costs, in time and memory, beside the csv module writing the same rows from memory."""

import csv
import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from subprocess import Popen
from typing import Any

from sqlalchemy import Engine, insert

from questions import AGE_BANDS
from survey.app import system_clock
from survey.db import migrate, open_engine, transaction
from survey.exports.making import of_request
from survey.instruments import publish
from survey.models import (
    Collection,
    Consultation,
    Design,
    FileRequest,
    Response,
    Staff,
    new_response_key,
)
from survey.places import load

PEOPLE_KNOW = ("borough", "age_band", "gender", "ethnicity")
SCALES, SEVERAL = 24, 2  # with the four that people may know of somebody, thirty questions
CODES = ("very", "fairly", "not_very", "not_at_all")
FORMATS = (["csv"], ["csv", "parquet", "sav"])


def run(folder: Path, size: int) -> None:
    """Print what files of so many responses of thirty questions cost."""
    print(f"Files of rows: {size:,} responses of 30 questions, read from SQLite")
    engine = open_engine(f"sqlite:///{folder / 'exports.db'}")
    migrate(engine)
    collection = _fill(engine, size)
    for formats in FORMATS:
        number = _let_go(engine, collection, formats)
        took, memory = _made(engine, folder)
        rows, plain = folder / "files" / f"request-{number}" / "responses.csv", folder / "plain.csv"
        beside = _from_memory(rows, plain)
        told = f"{took:.1f} s, {took / beside:.1f} times as long as csv writing them from memory"
        size_of_csv = rows.stat().st_size / 1e6
        print(
            f"  {', '.join(formats):<18} {told}; peak memory {memory:,.0f} MB, {size_of_csv:,.0f} MB of CSV"
        )
    engine.dispose()


def _set() -> str:
    """A set of thirty questions."""
    place = load("london")
    codes = {
        "borough": [one.code for one in place.boroughs],
        "age_band": AGE_BANDS,
        "gender": ("female", "male", "another"),
        "ethnicity": ("asian", "black", "mixed", "white", "other"),
        **{f"scale_{at}": CODES for at in range(SCALES)},
        **{f"several_{at}": CODES for at in range(SEVERAL)},
    }
    return 'key = "thirty"\ntitle = "Thirty"\nlanguage = "en"\n' + "".join(
        _question(key, "many" if key.startswith("several") else "one", choices)
        for key, choices in codes.items()
    )


def _question(key: str, kind: str, codes: Any) -> str:
    choices = ", ".join(f'{{ code = "{code}", label = "{code}" }}' for code in codes)
    return f'[[page]]\n[[page.question]]\nkey = "{key}"\nkind = "{kind}"\nprompt = "{key}?"\nchoices = [{choices}]\n'


def _fill(engine: Engine, size: int) -> int:
    """So many responses; the collection they are in."""
    today = system_clock().date()
    with transaction(engine) as session:
        instrument = publish(session, _set(), today)
        collection = Collection(
            consultation_id=0, instrument_id=instrument.id or 0, name="All", design=Design.GATEKEPT
        )
        session.add(
            Consultation(
                slug="bench",
                title="A bench",
                summary="A bench",
                decides="A bench",
                outcome="A bench",
                opens_on=today,
                closes_on=today,
                outcome_on=today,
                place="london",
                collections=[collection],
            )
        )
        session.flush()
        rows = _responses(collection, size)
        while some := list(islice(rows, 20_000)):
            session.execute(insert(Response), some)
        return collection.id or 0


def _responses(collection: Collection, size: int) -> Iterator[dict[str, Any]]:
    draw, today = random.Random(1), system_clock().date()
    boroughs = [one.code for one in load("london").boroughs]
    for _ in range(size):
        known = {
            "borough": draw.choice(boroughs),
            "age_band": draw.choice(AGE_BANDS),
            "gender": draw.choices(("female", "male", "another"), (49, 49, 2))[0],
        }
        said = {f"scale_{at}": draw.choice(CODES) for at in range(SCALES)}
        several = {f"several_{at}": draw.sample(CODES, 2) for at in range(SEVERAL)}
        ethnicity = {"ethnicity": draw.choice(("asian", "black", "mixed", "white", "other"))}
        yield {
            "key": new_response_key(),
            "collection_id": collection.id,
            "instrument_id": collection.instrument_id,
            "route": "own",
            "answers": {**known, **ethnicity, **said, **several},
            "concealed": [],
            "turns": {},
            "started_on": today,
            "submitted_on": today,
            **known,
        }


def _let_go(engine: Engine, collection: int, formats: list[str]) -> int:
    """A request that was let go, in the steps that are proposed."""
    now = system_clock()
    with transaction(engine) as session:
        staff = Staff(name=f"Ada {formats}", roles=["analyst"])
        session.add(staff)
        session.flush()
        found = of_request(session, session.get_one(Collection, collection), {}, "")
        made = FileRequest(
            collection_id=collection,
            asked_by_id=staff.id or 0,
            asked_at=now,
            reason="To see what it costs.",
            formats=formats,
            steps=found.crowd.proposal(),
            blank_rest=True,
            decided_by_id=staff.id,
            decided_at=now,
            approved=True,
        )
        session.add(made)
        session.flush()
        return made.id or 0


def _made(engine: Engine, folder: Path) -> tuple[float, float]:
    """How long the process took that makes files, in seconds, and its peak memory, in MB."""
    own = {"DATABASE_URL": engine.url.render_as_string(), "SOUNDINGS_FILES": str(folder / "files")}
    began = time.perf_counter()
    peak = 0.0
    with Popen([sys.executable, "-m", "survey.exports"], env={**os.environ, **own}) as made:
        while made.poll() is None:
            peak = max(peak, _memory(made.pid))
            time.sleep(0.02)
    assert made.returncode == 0
    return time.perf_counter() - began, peak


def _memory(pid: int) -> float:
    """The most memory that a process has had, in MB, as Linux tells it; 0 where nobody does.

    What `wait4` says of a child begins with what its parent had.
    """
    try:
        told = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    found = [line.split()[1] for line in told.splitlines() if line.startswith("VmHWM")]
    return float(found[0]) / 1024 if found else 0.0


def _from_memory(rows: Path, plain: Path) -> float:
    """How long the csv module takes to write the same rows, once they are in memory."""
    took, width = 0.0, 0
    with rows.open(encoding="utf8", newline="") as read, plain.open("w", encoding="utf8", newline="") as file:
        given, made = csv.reader(read), csv.writer(file)
        while some := list(islice(given, 50_000)):
            began = time.perf_counter()
            made.writerows(some)
            took += time.perf_counter() - began
            width = len(some[0])
    assert width >= 30
    plain.unlink()
    return took
