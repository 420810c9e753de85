"""Somebody with both databases and the key tries to find out who gave which answer, and does no better than chance.

The attacker has every table of both databases as it lies, with what PostgreSQL says of each row (where it lies, which
transaction wrote it), the panel's key, so that every address and every link is open to them, and the collection's day.
They try every order of the one side against every order of the other, every value and length against every other, and
what each value becomes as a hash. docs/decisions/panel.md says what nobody can be kept from: counting.
"""

import hashlib
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from survey.panel.store import Store
from tests.survey.paneling import PanelHouse, answer_pulse, link_in, panel

__all__ = ["panel"]
PEOPLE = 30
# Of 30 pairs put together by chance one is right on average; more than 9 in one way of putting them together less often
# than once in a million.
BY_CHANCE = 9

Row = dict[str, Any]


def everything(engine: Engine) -> dict[str, list[Row]]:
    """Each table as it lies, its rows in the order in which the database has them and with what it knows of them."""
    found = {}
    with engine.connect() as connection:
        hidden = (
            ", ctid::text AS lies_at, xmin::text AS written_by" if engine.dialect.name != "sqlite" else ""
        )
        for table in inspect(engine).get_table_names():
            rows = connection.execute(text(f'SELECT *{hidden} FROM "{table}"'))
            found[table] = [dict(row._mapping) for row in rows]
        if engine.dialect.name == "sqlite":
            _add_row_numbers(connection, found)
    return found


def _add_row_numbers(connection: Any, found: dict[str, list[Row]]) -> None:
    without = {
        name
        for name, sql in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        if "WITHOUT ROWID" in sql.upper()
    }
    for table in found.keys() - without:
        numbers = connection.execute(text(f'SELECT rowid FROM "{table}"')).scalars().all()
        for row, number in zip(found[table], numbers, strict=True):
            row["rowid"] = number


def orders(rows: Sequence[Row], who: str) -> Iterator[tuple[str, list[str]]]:
    """Every order that somebody can put rows in: as they lie, by each column, by its length, and each backwards."""
    yield "as they lie", [str(row[who]) for row in rows]
    for column in rows[0] if rows else ():
        for how, key in (("by", _plain), ("by length of", lambda value: len(_plain(value)))):
            ordered = sorted(rows, key=lambda row, column=column, key=key: key(row[column]))  # type: ignore[misc]
            yield f"{how} {column}", [str(row[who]) for row in ordered]


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:020}"
    return json.dumps(value, default=str, sort_keys=True)


def best_match(
    members: Sequence[Row], responses: Sequence[Row], truth: dict[str, str], ids: tuple[str, str]
) -> tuple[int, str]:
    """The most members that any way of putting both sides side by side gives their own response."""
    best, how = 0, ""
    theirs = [*orders(responses, ids[1])]
    for (name, some), (other, others) in itertools.product(orders(members, ids[0]), theirs):
        for turned in (others, others[::-1]):
            right = sum(truth[one] == two for one, two in zip(some, turned, strict=True))
            best, how = max((best, how), (right, f"{name} against {other}"))
    return best, how


def traces(rows: Sequence[Row]) -> set[str]:
    """Every value of rows that tells one from the others, as it is and as what becomes of it."""
    values = {str(value) for row in rows for value in row.values() if value not in (None, "", True, False)}
    long = {value for value in values if len(value) > 10}
    return long | {hashlib.sha256(value.encode()).hexdigest() for value in long}


def opened(store: Store, rows: Sequence[Row]) -> list[Row]:
    """Members as somebody sees them who has the key: with their addresses and their links."""
    seals = store.seals
    return [row | {"address": seals.opened(row["contact"]), "link": seals.link(row["id"])} for row in rows]


def filled(panel: PanelHouse) -> dict[str, str]:
    """Thirty join, are invited and answer, one after another in the order in which they joined; who gave which."""
    addresses = panel.crowd(PEOPLE)
    panel.store.settle()
    panel.invite(panel.pulse())
    panel.burn()
    panel.send()
    ways = {one["To"]: link_in(one, "/p/") for one in panel.letters()}
    chance = random.Random(7)
    gave = {
        one: answer_pulse(
            panel,
            ways[one],
            chance.choice(["very", "fairly", "not_very", "not_at_all"]),
            chance.choice(["very_safe", "fairly_unsafe"]),
        )
        for one in addresses
    }
    seals = panel.store.seals
    return {one.id: gave[seals.opened(one.contact)] for one in panel.members()}


@pytest.fixture
def truth(panel: PanelHouse) -> dict[str, str]:
    return filled(panel)


def test_no_order_of_any_table_says_who_gave_which_answer(panel: PanelHouse, truth: dict[str, str]) -> None:
    kept, answers = everything(panel.store.engine), everything(panel.engine)
    members = opened(panel.store, kept["panel_member"])
    responses = [row for row in answers["response"] if row["key"] in truth.values()]
    assert (len(members), len(responses)) == (PEOPLE, PEOPLE)

    right, how = best_match(members, responses, truth, ("id", "key"))
    assert right <= BY_CHANCE, how
    consents = [row for row in kept["panel_consent"] if row["purpose"] == "surveys"]
    right, how = best_match(consents, responses, truth, ("member_id", "key"))
    assert right <= BY_CHANCE, how


def test_no_value_of_one_side_stands_on_the_other(panel: PanelHouse, truth: dict[str, str]) -> None:
    apart = panel.store.engine.url != panel.engine.url
    kept, answers = everything(panel.store.engine), everything(panel.engine)
    members = opened(panel.store, kept["panel_member"]) + kept["panel_consent"]
    for row in members:
        row.pop("written_by", None)
        row.pop("lies_at", None)
    on_this_side = traces([{k: v for k, v in row.items() if not isinstance(v, bytes)} for row in members])
    there = [
        rows
        for name, rows in answers.items()
        if apart or not name.startswith("panel_") or name == "panel_ticket"
    ]
    dates = {str(row["given_in"]) for row in kept["panel_consent"]}
    boroughs = {str(row["borough"]) for row in kept["panel_member"]}
    assert on_this_side & traces([row for rows in there for row in rows]) <= dates | boroughs
    assert answers["panel_ticket"] == []
    assert all(row["borough"] is None and row["age_band"] is None for row in answers["response"])


def test_before_any_answer_the_pot_says_nothing_of_who_has_which_link(panel: PanelHouse) -> None:
    panel.crowd(PEOPLE)
    panel.invite(panel.pulse())
    panel.burn()
    panel.send()
    hashes = {
        one["To"]: hashlib.sha256(link_in(one, "/p/").split("/")[2].encode()).hexdigest()
        for one in panel.letters()
    }
    members = opened(panel.store, everything(panel.store.engine)["panel_member"])
    truth = {row["id"]: hashes[row["address"]] for row in members}
    pot = everything(panel.engine)["panel_ticket"]
    assert {row["token_hash"] for row in pot} == set(truth.values())
    assert {frozenset(row.keys() - {"lies_at", "written_by"}) for row in pot} == {
        frozenset({"token_hash", "collection_id"})
    }
    assert len({row.get("written_by") for row in pot}) == 1  # all at once
    right, how = best_match(members, pot, truth, ("id", "token_hash"))
    assert right <= BY_CHANCE, how


def test_rows_of_members_lose_the_order_in_which_they_came(panel: PanelHouse) -> None:
    addresses = panel.crowd(PEOPLE)
    panel.store.settle()
    rows = opened(panel.store, everything(panel.store.engine)["panel_member"])
    assert len({row.get("written_by") for row in rows}) == 1
    came = {address: str(at) for at, address in enumerate(addresses)}
    truth = {row["id"]: came[row["address"]] for row in rows}
    arrivals = [{"n": one} for one in range(PEOPLE)]
    without_address = [{k: v for k, v in row.items() if k != "address"} for row in rows]
    right, how = best_match(without_address, arrivals, truth, ("id", "n"))
    assert right <= BY_CHANCE, how
    assert len(panel.members()) == PEOPLE
    panel.store.settle()
    assert len(panel.members()) == PEOPLE


@pytest.mark.parametrize("leak", ["a number that counts up", "an order of rows", "a length"])
def test_the_attack_finds_a_leak_where_there_is_one(leak: str) -> None:
    chance = random.Random(3)
    ids = [f"{chance.getrandbits(64):016x}" for _ in range(PEOPLE)]
    keys = [f"{chance.getrandbits(64):016x}" for _ in range(PEOPLE)]
    truth = dict(zip(ids, keys, strict=True))
    members: list[Row] = [{"id": one} for one in sorted(ids)]
    responses: list[Row] = [{"key": one} for one in sorted(keys)]
    assert best_match(members, responses, truth, ("id", "key"))[0] <= BY_CHANCE
    if leak == "a number that counts up":
        members = [row | {"came": ids.index(row["id"])} for row in members]
        responses = [row | {"began": keys.index(row["key"]) * 3} for row in responses]
    elif leak == "an order of rows":
        members, responses = [{"id": one} for one in ids], [{"key": one} for one in keys]
    else:
        members = [row | {"sealed": "x" * (ids.index(row["id"]) + 1)} for row in members]
        responses = [row | {"token": "y" * (keys.index(row["key"]) + 5)} for row in responses]
    assert best_match(members, responses, truth, ("id", "key"))[0] == PEOPLE


def test_what_reads_answers_cannot_reach_the_tables_of_members() -> None:
    from sqlmodel import SQLModel

    from survey.panel.tables import PanelTable

    assert not set(PanelTable.metadata.tables) & set(SQLModel.metadata.tables)
