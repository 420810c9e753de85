"""Conditions with answers and what they give: data that every reader of conditions must agree with.

`tests/questions/vectors.json` holds them for readers that are not Python; `python -m tests.questions.vectors` writes
it anew, and a test sees that it is up to date and that the server gives what it says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from questions import Answers, parse
from questions.conditions import as_data

FILE = Path(__file__).parent / "vectors.json"

ANSWERS: tuple[dict[str, Any], ...] = (
    {},
    {"age": None, "worry": None, "worries": None, "why": None},
    {"age": 15, "worry": "very", "worries": ["knives"], "why": "Dark streets"},
    {"age": 16, "worry": "not_at_all", "worries": ["knives", "phones"], "why": "very"},
    {"age": 15.5, "worry": "prefer_not_to_say", "worries": ["prefer_not_to_say"], "why": "16"},
    {"age": "dont_know", "worry": "7", "worries": [], "why": ""},
    {"age": 0, "worry": "10-11", "worries": ["none"], "why": "কেন?"},
    {"age": -3, "worry": "16"},
    {"age": 22, "worry": "fairly", "worries": ["none"], "why": "very"},
)
LEAVES = (
    *(f"${{age}} {operator} 16" for operator in ("=", "!=", "<", "<=", ">", ">=")),
    *("${age} = 15.5", "${age} < 0", "${age} = 0", "${age} = 'dont_know'", "${age} != 'dont_know'"),
    *("${worry} = 'very'", "${worry} != 'very'", "${worry} = 7", "${worry} != 16", "${worry} = '10-11'"),
    *("selected(${worry}, 'very')", "selected(${worries}, 'knives')", "selected(${worries}, 'none')"),
    *("${why} = 'very'", "${why} != ''", "${why} != 'Dark streets'", '${why} = "কেন?"'),
)
WHOLE = (
    *LEAVES,
    *(f"not({leaf})" for leaf in LEAVES),
    "${age} < 16 and selected(${worries}, 'knives')",
    "${age} < 16 or selected(${worries}, 'phones')",
    "${age} < 16 and ${worry} = 'very' or selected(${worries}, 'phones')",
    "${age} < 16 and (${worry} = 'very' or selected(${worries}, 'phones'))",
    "not(${age} < 16 or ${worry} = 'very')",
    "not(not(${age} < 16)) and not(${why} != '')",
)


def by_hand(tree: dict[str, Any], answers: Answers) -> bool:
    """What a condition gives, read from its tree by a second, independent reader."""
    if "not" in tree:
        return not by_hand(tree["not"], answers)
    if "and" in tree:
        return all(by_hand(part, answers) for part in tree["and"])
    if "or" in tree:
        return any(by_hand(part, answers) for part in tree["or"])
    answer = answers.get(tree["question"])
    if "selected" in tree:
        return tree["selected"] in (answer if isinstance(answer, list) else [answer])
    return _compares(tree["operator"], answer, tree["value"])


def _compares(operator: str, answer: object, value: str | float) -> bool:
    if answer is None or isinstance(answer, list):
        return False
    if operator in ("=", "!="):
        same = answer == (value if type(answer) is not str or type(value) is str else f"{value:g}")
        return same if operator == "=" else not same
    if isinstance(answer, str) or isinstance(value, str):
        return False
    assert isinstance(answer, int | float)
    above, equal = answer > value, answer == value
    return {"<": not above and not equal, "<=": not above, ">": above, ">=": above or equal}[operator]


def vectors() -> list[dict[str, Any]]:
    """Every condition with all answers: what each gives."""
    found = []
    for text in WHOLE:
        made = as_data(parse(text))
        found.append({"text": text, "tree": made, "holds": [by_hand(made, answers) for answers in ANSWERS]})
    return found


def document() -> str:
    """The file."""
    lines = ",\n".join(json.dumps(one, ensure_ascii=False) for one in vectors())
    answers = ",\n".join(json.dumps(one, ensure_ascii=False) for one in ANSWERS)
    return f'{{"answers": [\n{answers}\n],\n"conditions": [\n{lines}\n]}}\n'


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
