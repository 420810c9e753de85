"""Kept cubes: who gave which answer, summed once and kept, so that a page reads only the responses that are new.

A question's cube is the sum of its kept parts and of the responses that no part has in it yet (`Response.counted` says
which those are). A response that is deleted is a part of its own, with minus one person in it. So a cube is always
exact, and nobody has to wait until it is kept. Free text is in no cube.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
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
from survey.measuring.packing import packed, unpacked
from survey.models import Collection, Instrument, KeptCube, Response

WHO = ("setting", "borough", "age_band", "gender")
AXES = (*WHO, "given")
EVERYBODY, DAYS, LANGUAGES = "", " days", " languages"  # in place of a question, whose key has no space
OTHER_AXES = {EVERYBODY: WHO, DAYS: ("setting", "day"), LANGUAGES: ("language",)}
AT_ONCE = 2000  # responses that one transaction puts into parts: some tenths of a second of a writer's time
LEAST_MERGED = 4  # parts of a question that are alike in size, before they are added up into one
WORTH_KEEPING = 200

Cells = Mapping[tuple[Hashable, ...], int]  # people, by a value for each axis


@dataclass(frozen=True, slots=True)
class Document:
    """What a submitted response puts into the cubes."""

    instrument_id: int
    who: tuple[Any, ...]
    day: str
    language: str | None
    answers: Mapping[str, Any]

    def cell(self, name: str) -> tuple[Hashable, ...]:
        """Its cell in the cube of a question, or of what stands in place of one."""
        if name == DAYS:
            return (self.who[0], self.day)
        if name == LANGUAGES:
            return (self.language,)
        return self.who if name == EVERYBODY else (*self.who, _given(self.answers[name]))


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


def other(session: Session, collection: Collection, name: str) -> Cube:
    """The cube of EVERYBODY, DAYS or LANGUAGES, by its OTHER_AXES."""
    axes = OTHER_AXES[name]
    new = Counter(one.cell(name) for _key, one in _documents(session, collection, None))
    return total([*_parts(session, collection, name), cube_of(new, axes)])


def mark(session: Session, collection: Collection) -> str:
    """A mark of the submitted responses: another one whenever one came in or was deleted, counted or not."""
    last = session.scalar(
        select(func.max(col(KeptCube.id))).where(col(KeptCube.collection_id) == collection.id)
    )
    new = session.scalars(_new(collection, col(Response.key)).order_by(col(Response.key))).all()
    return f"{last or 0}-{hashlib.sha256(' '.join(new).encode()).hexdigest()[:12]}"


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


def catch_up(engine: Engine, collection: Collection, *, wholly: bool = False) -> None:
    """Put new responses into parts, where there are enough of them; a page does so before it reads.

    In transactions of their own. Where somebody else is at it, or there are more, a later page goes on; wholly: this
    one does.
    """
    while _waiting(engine, collection) >= WORTH_KEEPING:
        with transaction(engine) as session:
            found = keep(session, collection.id)
        if not (wholly and found):
            return


def _waiting(engine: Engine, collection: Collection) -> int:
    with Session(reading(engine)) as session:
        return session.scalar(_new(collection, func.count())) or 0


def keep(session: Session, collection_id: int | None) -> int:
    """Put up to AT_ONCE new responses into parts of the cubes; how many there were.

    The collection is locked meanwhile, so that nobody else puts the same ones into a part.
    """
    found = select(Collection).where(col(Collection.id) == collection_id)
    collection = session.scalars(found.with_for_update(skip_locked=True)).first()
    if collection is None:
        return 0
    new = _documents(session, collection, AT_ONCE)
    _add(session, collection, [one for _key, one in new], 1)
    keys = [key for key, _one in new]
    session.execute(update(Response).where(col(Response.key).in_(keys)).values(counted=True))
    return len(keys)


def take_out(session: Session, response: Response) -> None:
    """Before a submitted response is deleted: subtract it from the parts that it is in."""
    if response.counted:
        collection = session.get_one(Collection, response.collection_id)
        who = (response.setting_id, response.borough, response.age_band, response.gender)
        day, language = str(response.submitted_on), response.language
        gone = Document(response.instrument_id, who, day, language, response.answers)
        _add(session, collection, [gone], -1)


def _documents(session: Session, collection: Collection, most: int | None) -> list[tuple[str, Document]]:
    """The new responses, each with its key; at most so many."""
    also = (col(Response.instrument_id), col(Response.submitted_on), col(Response.language))
    rows = session.execute(
        _new(collection, col(Response.key), *also, *_placed(), col(Response.answers)).limit(most)
    )
    return [
        (key, Document(instrument, tuple(who), str(day), language, answers))
        for key, instrument, day, language, *who, answers in rows
    ]


def _add(session: Session, collection: Collection, documents: Sequence[Document], people: int) -> None:
    """Store a part of each cube: so many people for each document."""
    cells: dict[str, Counter[tuple[Hashable, ...]]] = defaultdict(Counter)
    asked = {number: _asked(session, number) for number in {one.instrument_id for one in documents}}
    for one in documents:
        given = {key for key in asked[one.instrument_id] if one.answers.get(key) is not None}
        for name in (*OTHER_AXES, *given):
            cells[name][one.cell(name)] += people
    for name, found in cells.items():
        part = packed(cube_of(found, OTHER_AXES.get(name, AXES)))
        session.add(KeptCube(collection_id=collection.id or 0, question=name, cells=part))
        session.flush()
        _merge(session, collection, name)


def _merge(session: Session, collection: Collection, name: str) -> None:
    """Make one part of the newest, as long as the one before is not much larger: so parts stay few, and each person is
    moved to another part only some ten times however many come.
    """
    newest_first = select(KeptCube).where(_of(collection, name)).order_by(col(KeptCube.id).desc())
    parts = session.scalars(newest_first).all()
    some = [parts[0]]
    for part in parts[1:]:
        if len(part.cells) > 2 * sum(len(one.cells) for one in some):
            break
        some.append(part)
    if len(some) < LEAST_MERGED:
        return
    one = packed(total([unpacked(part.cells) for part in some]))
    session.execute(delete(KeptCube).where(col(KeptCube.id).in_([part.id for part in some])))
    session.add(KeptCube(collection_id=collection.id or 0, question=name, cells=one))


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
