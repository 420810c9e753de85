"""Kept cubes: who gave which answer, summed once and kept, so that a page reads only the responses that are new.

A question's cube is the sum of its kept parts and of the responses that no part has in it yet (`Response.counted` says
which those are). A response that is deleted is a part of its own, with minus one person in it. So a cube is always
exact, and nobody has to wait until it is kept: `survey.measuring.keeper` does so beside the app. Free text is in no
cube. Responses that were begun and not sent have cubes of their own: see `survey.measuring.stopped`.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Engine, Integer, LargeBinary, cast, func, literal, null, select, union_all, update
from sqlmodel import Session, col, delete

from analysis import Cube
from analysis.cube import added, side_by_side
from analysis.frame import MISSING, Column, Frame
from questions import Question
from survey.db import reading, transaction
from survey.instruments import parsed
from survey.measuring import soft_flags
from survey.measuring.documents import (
    AXES,
    DAYS,
    EVERYBODY,
    LANGUAGES,
    OTHER_AXES,
    PAGES,
    STOPPED,
    VERSIONS,
    WHO,
    Document,
    given,
)
from survey.measuring.packing import packed, unpacked
from survey.measuring.submitted import submitted, uncounted
from survey.models import Collection, Instrument, KeptCube, Response

AT_ONCE = 2000  # responses that one transaction puts into parts: some tenths of a second of a writer's time
LEAST_MERGED = 4  # parts of a question that are alike in size, before they are added up into one
WORTH_KEEPING = 200
WHERE = (col(Response.setting_id), col(Response.borough), col(Response.age_band), col(Response.gender))
COLUMNS = {
    EVERYBODY: WHERE,
    DAYS: (col(Response.setting_id), col(Response.submitted_on)),
    LANGUAGES: (col(Response.language),),
    VERSIONS: (col(Response.instrument_id), col(Response.quick)),
}

Cells = Mapping[tuple[Hashable, ...], int]  # people, by a value for each axis


def cube(session: Session, collection: Collection, question: Question) -> Cube:
    """The submitted responses of a collection by AXES: who they are, and what they gave to one question.

    `given` is the code, of a question with many answers its codes as JSON, and missing where nothing was given.
    """
    new = _cells(question, session.execute(uncounted(collection, *WHERE, _answer(question))))
    everybody = [*parts(session, collection, EVERYBODY), _people(new)]
    answered = total(
        [*parts(session, collection, question.key), cube_of({at: n for at, n in new.items() if at[-1]})]
    )
    return side_by_side([answered, _silent(everybody, answered)])


def other(session: Session, collection: Collection, name: str) -> Cube:
    """The cube of EVERYBODY, DAYS, LANGUAGES, VERSIONS or PAGES, by its OTHER_AXES."""
    new = _new_cells(session, collection, name)
    return total([*parts(session, collection, name), cube_of(new, OTHER_AXES[name])])


def _new_cells(session: Session, collection: Collection, name: str) -> Cells:
    """What the new responses put into one of those cubes: only for that of PAGES they are read."""
    if name == PAGES:
        return _cells_of(session, [one for _key, one in _documents(session, collection, None)])[PAGES]
    rows = session.execute(uncounted(collection, *COLUMNS[name], func.count()).group_by(*COLUMNS[name]))
    return {tuple(str(one) if isinstance(one, date) else one for one in cell): n for *cell, n in rows}


def sent(session: Session, collections: Any, *, by_setting: bool = False) -> Counter[tuple[int, int | None]]:
    """How many sent something to some collections, by collection; by_setting: and by the setting that they came in by.

    collections: their numbers, or a statement that gives them. One statement asks for what is kept and for what is new,
    so that it is of one moment in any transaction.
    """
    setting = col(Response.setting_id) if by_setting else cast(null(), Integer)
    name = DAYS if by_setting else LANGUAGES  # the smallest cube that has them
    held = select(col(KeptCube.collection_id), cast(null(), Integer), literal(0), col(KeptCube.cells))
    held = held.where(col(KeptCube.collection_id).in_(collections), col(KeptCube.question) == name)
    new = select(col(Response.collection_id), setting, func.count(), cast(null(), LargeBinary))
    new = new.where(
        col(Response.collection_id).in_(collections),
        col(Response.submitted_on).is_not(None),
        col(Response.counted).is_(False),
    ).group_by(col(Response.collection_id), *([setting] if by_setting else []))
    found: Counter[tuple[int, int | None]] = Counter()
    for collection, of, people, cells in session.execute(union_all(held, new)):
        found[collection, of] += people
        for at, number in _by_setting(unpacked(cells), by_setting) if cells else ():
            found[collection, at] += number
    return +found


def _by_setting(part: Cube, by_setting: bool) -> Iterator[tuple[int | None, int]]:
    """The people of a part by the setting that they came in by, or all of them."""
    if not by_setting:
        yield None, round(float(part.n.sum()))
        return
    summed = part.by(["setting"])
    axis = summed.axis("setting")
    for code, people in zip(axis.codes, summed.n, strict=True):
        yield (axis.levels[code] if code >= 0 else None), round(float(people))


def mark(session: Session, collection: Collection) -> str:
    """A mark of the submitted responses: another one whenever one came in or was deleted, counted or not."""
    here = (col(KeptCube.collection_id) == collection.id) & (col(KeptCube.question) != STOPPED)
    last = session.scalar(select(func.max(col(KeptCube.id))).where(here))
    new = session.scalars(uncounted(collection, col(Response.key)).order_by(col(Response.key))).all()
    return f"{last or 0}-{hashlib.sha256(' '.join(new).encode()).hexdigest()[:12]}"


def recounted(session: Session, collection: Collection, question: Question) -> Cube:
    """The same from every document anew, whatever is kept."""
    return cube_of(_cells(question, session.execute(submitted(collection, *WHERE, _answer(question)))))


def each(
    session: Session, collection: Collection, question: Question, keys: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """Of some responses the key, and after it a value for each of AXES."""
    for start in range(0, len(keys), AT_ONCE):
        some = col(Response.key).in_(keys[start : start + AT_ONCE])
        asked = submitted(collection, col(Response.key), *WHERE, _answer(question)).where(some)
        for key, *who, told in session.execute(asked):
            yield key, *who, _level(question, told)


def total(cubes: Sequence[Cube]) -> Cube:
    """Cubes of parts, added up; cells that nobody is in any more are left out."""
    some = [one for one in cubes if len(one)] or [cubes[0]]
    summed = added(some) if len(some) > 1 else some[0]
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
    for (*who, told), people in Counter(map(tuple, rows)).items():
        cells[*who, _level(question, told)] += people
    return cells


def _level(question: Question, told: str | None) -> str | None:
    """What the database gives as a level: each of them writes lists of codes in a way of its own."""
    return told if told is None or question.kind != "many" else given(json.loads(told))


def _people(cells: Cells) -> Cube:
    everybody: Counter[tuple[Hashable, ...]] = Counter()
    for (*who, _told), people in cells.items():
        everybody[tuple(who)] += people
    return cube_of(everybody, WHO)


def _silent(everybody: Sequence[Cube], answered: Cube) -> Cube:
    """Those who gave nothing: everybody, in parts, less who answered."""
    rest = total([*everybody, _negative(answered.by(WHO))])
    nothing = Column("given", np.full(len(rest), MISSING, dtype=np.intp), ())
    return replace(rest, axes=(*rest.axes, nothing))


def _negative(found: Cube) -> Cube:
    return Cube(found.axes, *found.sums(np.negative))


# What is new


def catch_up(engine: Engine, collection: Collection) -> None:
    """Put new responses into parts until few are left, each lot in a transaction of its own.

    `survey.measuring.keeper` does so beside the app; a page does it that wants nobody to do it later. Where somebody
    else is at it, it is left to them.
    """
    while _waiting(engine, collection) >= WORTH_KEEPING:
        with transaction(engine) as session:
            if not keep(session, collection.id):
                return


def _waiting(engine: Engine, collection: Collection) -> int:
    with Session(reading(engine)) as session:
        return session.scalar(uncounted(collection, func.count())) or 0


def keep(session: Session, collection_id: int | None) -> int:
    """Put up to AT_ONCE new responses into parts of the cubes; how many there were.

    The responses are locked meanwhile, so that none of them is deleted without being subtracted.
    """
    collection = locked(session, collection_id)
    if collection is None:
        return 0
    new = _documents(session, collection, AT_ONCE, lock=True)
    cells = _cells_of(session, [one for _key, one in new])
    add_parts(session, collection.id, cells)
    merge(session, collection, [*cells])
    count(session, [key for key, _one in new])
    soft_flags.keep(session, collection, new)
    return len(new)


def locked(session: Session, collection_id: int | None) -> Collection | None:
    """A collection that nobody else puts responses into parts of; None where somebody does so now.

    Whoever begins to answer in it, and so refers to it, does not have to wait.
    """
    found = select(Collection).where(col(Collection.id) == collection_id)
    return session.scalars(found.with_for_update(skip_locked=True, key_share=True)).first()


def count(session: Session, keys: Sequence[str]) -> None:
    """Say of responses that they are in the parts."""
    session.execute(update(Response).where(col(Response.key).in_(keys)).values(counted=True))


def take_out(session: Session, response: Response) -> None:
    """Before a submitted response is deleted: subtract it from the parts that it is in.

    Whether it is in them is asked anew and stays so until the transaction ends.
    """
    asked = select(col(Response.counted)).where(col(Response.key) == response.key)
    if session.scalar(asked.with_for_update()):
        who = (response.setting_id, response.borough, response.age_band, response.gender)
        day, language = str(response.submitted_on), response.language
        gone = Document(response.instrument_id, who, day, language, response.answers, response.quick)
        add_parts(session, response.collection_id, _cells_of(session, [gone], -1))
        soft_flags.take_out(session, response)


def _documents(
    session: Session, collection: Collection, most: int | None, *, lock: bool = False
) -> list[tuple[str, Document]]:
    """The new responses, each with its key; at most so many. lock: those that nobody else has locked."""
    also = (
        col(Response.instrument_id),
        col(Response.submitted_on),
        col(Response.language),
        col(Response.quick),
    )
    asked = uncounted(collection, col(Response.key), *also, *WHERE, col(Response.answers)).limit(most)
    return [
        (key, Document(instrument, tuple(who), str(day), language, answers, quick))
        for key, instrument, day, language, quick, *who, answers in session.execute(
            asked.with_for_update(skip_locked=True) if lock else asked
        )
    ]


def _cells_of(
    session: Session, documents: Sequence[Document], people: int = 1
) -> dict[str, Counter[tuple[Hashable, ...]]]:
    """What documents put into each cube: so many people for each."""
    sets = {
        number: parsed(session.get_one(Instrument, number))
        for number in {one.instrument_id for one in documents}
    }
    found: dict[str, Counter[tuple[Hashable, ...]]] = defaultdict(Counter)
    for one in documents:
        for name, cell in one.cells(sets[one.instrument_id]):
            found[name][cell] += people
    return found


def add_parts(session: Session, collection_id: int | None, cells: Mapping[str, Cells]) -> None:
    """Store a part of each cube."""
    for name, found in cells.items():
        part = packed(cube_of(found, OTHER_AXES.get(name, AXES)))
        session.add(KeptCube(collection_id=collection_id or 0, question=name, cells=part))
    session.flush()


def merge(session: Session, collection: Collection, names: Sequence[str]) -> None:
    """Make few parts of many in some cubes of a collection, which is `locked`."""
    sizes = select(col(KeptCube.question), col(KeptCube.id), func.length(col(KeptCube.cells)))
    here = (col(KeptCube.collection_id) == collection.id) & col(KeptCube.question).in_(names)
    newest_first: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name, number, size in session.execute(sizes.where(here).order_by(col(KeptCube.id).desc())):
        newest_first[name].append((number, size))
    for name, found in newest_first.items():
        alike = _alike(found)
        if len(alike) >= LEAST_MERGED:
            _make_one(session, collection, name, alike)


def _alike(newest_first: Sequence[tuple[int, int]]) -> list[int]:
    """Of parts by number and size the newest, as long as the one before is not much larger: so parts stay few, and
    each person is moved to another part only some ten times however many come.
    """
    some: list[int] = []
    so_far = 0
    for number, size in newest_first:
        if some and size > 2 * so_far:
            break
        some.append(number)
        so_far += size
    return some


def _make_one(session: Session, collection: Collection, name: str, numbers: Sequence[int]) -> None:
    these = col(KeptCube.id).in_(numbers)
    found = session.scalars(select(col(KeptCube.cells)).where(these)).all()
    one = packed(total([unpacked(cells) for cells in found]))
    session.execute(delete(KeptCube).where(these))
    session.add(KeptCube(collection_id=collection.id or 0, question=name, cells=one))
    session.flush()


# Queries


def _answer(question: Question) -> Any:
    return col(Response.answers)[question.key].as_string()


def parts(session: Session, collection: Collection, key: str) -> list[Cube]:
    """The kept parts of a cube."""
    return [
        unpacked(cells) for cells in session.scalars(select(col(KeptCube.cells)).where(_of(collection, key)))
    ]


def _of(collection: Collection, key: str) -> Any:
    return (col(KeptCube.collection_id) == collection.id) & (col(KeptCube.question) == key)
