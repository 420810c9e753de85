"""Kept cubes: who gave which answer, summed once and kept, so that a page reads only the responses that are new.

A question's cube is the sum of its kept parts and of the responses that no part has in it yet (`Response.counted` says
which those are). A response that is deleted is a part of its own, with minus one person in it. So a cube is always
exact, and nobody has to wait until it is kept. Free text is in no cube.
"""

import io
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col, delete

from analysis import Cube
from analysis.frame import MISSING, Column, Frame
from questions import Question
from survey.db import reading, transaction
from survey.instruments import parsed
from survey.models import Collection, Instrument, KeptCube, Response

WHO = ("setting", "borough", "age_band", "gender")
AXES = (*WHO, "given")
EVERYBODY = ""  # instead of a question: the cube of all who submitted, by WHO
AT_ONCE = 5000  # responses that one transaction puts into parts: some tenths of a second of a writer's time
MOST_PARTS = 8  # of one question, before they are added up into one
WORTH_KEEPING = 200

Cells = Mapping[tuple[Hashable, ...], int]  # people, by a value for each axis
Document = tuple[
    int, tuple[Any, ...], Mapping[str, Any]
]  # an instrument, who answered (WHO), and the answers


def cube(session: Session, collection: Collection, question: Question) -> Cube:
    """The submitted responses of a collection by AXES: who they are, and what they gave to one question.

    `given` is the code, of a question with many answers its codes as JSON, and missing where nothing was given.
    """
    new = _cells(question, session.execute(_new(collection, *_placed(), _answer(question))))
    everybody = total([*_parts(session, collection, EVERYBODY), _people(new)])
    answered = total(
        [*_parts(session, collection, question.key), cube_of({at: n for at, n in new.items() if at[-1]})]
    )
    return total([answered, _silent(everybody, answered)])


def recounted(session: Session, collection: Collection, question: Question) -> Cube:
    """The same from every document anew, whatever is kept."""
    return cube_of(_cells(question, session.execute(_submitted(collection, *_placed(), _answer(question)))))


def each(
    session: Session, collection: Collection, question: Question, keys: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Of some responses the key, and after it a value for each of AXES."""
    for start in range(0, len(keys), AT_ONCE):
        some = col(Response.key).in_(keys[start : start + AT_ONCE])
        asked = _submitted(collection, col(Response.key), *_placed(), _answer(question)).where(some)
        for key, *who, given in session.execute(asked):
            yield key, *who, _level(question, given)


def total(cubes: Sequence[Cube]) -> Cube:
    """Cubes of parts, added up; cells that nobody is in any more are left out."""
    summed = reduce(add, cubes).by(cubes[0].names)
    return summed.where(summed.n != 0)


def cube_of(cells: Cells, axes: Sequence[str] = AXES) -> Cube:
    """A cube from people by a value for each axis; None is missing."""
    values = list(zip(*cells, strict=True)) or [()] * len(axes)
    frame = Frame(dict(zip(axes, map(list, values), strict=True)))
    people = np.fromiter(cells.values(), dtype=np.float64, count=len(cells))
    return Cube(tuple(frame.column(name) for name in axes), people, people, people)


def _cells(question: Question, rows: Iterable[Sequence[Any]]) -> Counter[tuple[Hashable, ...]]:
    """People by what the database says of each."""
    cells: Counter[tuple[Hashable, ...]] = Counter()
    for (*who, given), people in Counter(map(tuple, rows)).items():
        cells[*who, _level(question, given)] += people
    return cells


def _level(question: Question, given: str | None) -> str | None:
    """What the database gives as a level: each of them writes lists of codes in a way of its own."""
    return given if given is None or question.kind != "many" else _given(json.loads(given))


def _people(cells: Cells) -> Cube:
    everybody: Counter[tuple[Hashable, ...]] = Counter()
    for (*who, _given), people in cells.items():
        everybody[tuple(who)] += people
    return cube_of(everybody, WHO)


def _silent(everybody: Cube, answered: Cube) -> Cube:
    """Those who gave nothing: everybody, less who answered."""
    rest = total([everybody, _negative(answered.by(WHO))])
    nothing = Column("given", np.full(len(rest), MISSING, dtype=np.intp), ())
    return replace(rest, axes=(*rest.axes, nothing))


def _negative(found: Cube) -> Cube:
    return replace(found, n=-found.n, w=-found.w, w2=-found.w2)


# What is new


def catch_up(engine: Engine, collection: Collection) -> None:
    """Put new responses into parts, where there are enough of them; a page does so before it reads.

    In a transaction of its own. Where somebody else is at it, or there are more, a later page goes on.
    """
    with Session(reading(engine)) as session:
        waiting = session.scalar(_new(collection, func.count())) or 0
    if waiting >= WORTH_KEEPING:
        with transaction(engine) as session:
            keep(session, collection.id)


def keep(session: Session, collection_id: int | None) -> int:
    """Put up to AT_ONCE new responses into parts of the cubes; how many there were.

    The collection is locked meanwhile, so that nobody else puts the same ones into a part.
    """
    found = select(Collection).where(col(Collection.id) == collection_id)
    collection = session.scalars(found.with_for_update(skip_locked=True)).first()
    if collection is None:
        return 0
    wanted = _new(
        collection, col(Response.key), col(Response.instrument_id), *_placed(), col(Response.answers)
    )
    rows = session.execute(wanted.limit(AT_ONCE)).all()
    _add(session, collection, [(instrument, tuple(who), answers) for _, instrument, *who, answers in rows], 1)
    keys = [key for key, *_rest in rows]
    session.execute(update(Response).where(col(Response.key).in_(keys)).values(counted=True))
    return len(rows)


def take_out(session: Session, response: Response) -> None:
    """Before a submitted response is deleted: subtract it from the parts that it is in."""
    if response.counted:
        collection = session.get_one(Collection, response.collection_id)
        who = (response.setting_id, response.borough, response.age_band, response.gender)
        _add(session, collection, [(response.instrument_id, who, response.answers)], -1)


def _add(session: Session, collection: Collection, documents: Sequence[Document], people: int) -> None:
    """Store a part of each cube: so many people for each document."""
    cells: dict[str, Counter[tuple[Hashable, ...]]] = defaultdict(Counter)
    asked = {instrument: _asked(session, instrument) for instrument, *_rest in documents}
    for instrument, who, answers in documents:
        cells[EVERYBODY][who] += people
        for key in asked[instrument] & answers.keys():
            cells[key][*who, _given(answers[key])] += people
    for key, found in cells.items():
        part = packed(cube_of(found, AXES if key else WHO))
        session.add(KeptCube(collection_id=collection.id or 0, question=key, cells=part))
        session.flush()
        _merge(session, collection, key)


def _merge(session: Session, collection: Collection, key: str) -> None:
    """Make one part of many."""
    parts = _parts(session, collection, key)
    if len(parts) >= MOST_PARTS:
        session.execute(delete(KeptCube).where(_of(collection, key)))
        session.add(KeptCube(collection_id=collection.id or 0, question=key, cells=packed(total(parts))))


def _asked(session: Session, instrument_id: int) -> Set[str]:
    """The questions of an instrument whose answers are codes."""
    questions = parsed(session.get_one(Instrument, instrument_id)).questions
    return {question.key for question in questions if question.choices}


def _given(answer: Any) -> str:
    """An answer as a level of a cube."""
    return json.dumps(answer) if isinstance(answer, list) else str(answer)


# Queries


def _placed() -> tuple[Any, ...]:
    return (col(Response.setting_id), col(Response.borough), col(Response.age_band), col(Response.gender))


def _submitted(collection: Collection, *wanted: Any) -> Any:
    here = col(Response.collection_id) == collection.id
    return select(*wanted).where(here, col(Response.submitted_on).is_not(None))


def _new(collection: Collection, *wanted: Any) -> Any:
    """Of the submitted responses those that no part has in it."""
    return _submitted(collection, *wanted).where(col(Response.counted).is_(False))


def _answer(question: Question) -> Any:
    return col(Response.answers)[question.key].as_string()


def _parts(session: Session, collection: Collection, key: str) -> list[Cube]:
    return [
        unpacked(cells) for cells in session.scalars(select(col(KeptCube.cells)).where(_of(collection, key)))
    ]


def _of(collection: Collection, key: str) -> Any:
    return (col(KeptCube.collection_id) == collection.id) & (col(KeptCube.question) == key)


# As bytes


def packed(found: Cube) -> bytes:
    """A cube of whole people as bytes: numpy's own format, without objects in it."""
    file = io.BytesIO()
    levels = json.dumps({axis.name: axis.levels for axis in found.axes}).encode()
    arrays = {f"at_{at}": axis.codes.astype(np.int32) for at, axis in enumerate(found.axes)}
    np.savez_compressed(
        file, allow_pickle=False, levels=np.frombuffer(levels, np.uint8), n=found.n.astype(np.int64), **arrays
    )
    return file.getvalue()


def unpacked(cells: bytes) -> Cube:
    """A cube from its bytes."""
    with np.load(io.BytesIO(cells), allow_pickle=False) as file:
        levels: dict[str, list[Hashable]] = json.loads(file["levels"].tobytes())
        axes = tuple(
            Column(name, file[f"at_{at}"].astype(np.intp), tuple(of))
            for at, (name, of) in enumerate(levels.items())
        )
        people = file["n"].astype(np.float64)
    return Cube(axes, people, people, people)
