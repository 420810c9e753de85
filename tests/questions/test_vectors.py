"""The server gives what the shared vectors of conditions say; other readers are held against the same file."""

from __future__ import annotations

import json

import pytest

from questions import holds, parse
from questions.routing import compiled
from tests.questions.vectors import FILE, document

VECTORS = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS["conditions"], ids=lambda vector: vector["text"])
def test_the_server_agrees(vector: dict[str, object]) -> None:
    condition = parse(str(vector["text"]))
    assert [holds(condition, answers) for answers in VECTORS["answers"]] == vector["holds"]
    assert [*map(compiled(condition), VECTORS["answers"])] == vector["holds"]


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == document()


def test_every_condition_holds_for_some_and_not_for_others() -> None:
    alike = [vector["text"] for vector in VECTORS["conditions"] if len(set(vector["holds"])) < 2]
    assert alike == []
