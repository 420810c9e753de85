"""A made-up city, its tables, and a picture read back: what is written on it, where, and how large."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest

from analysis import SurveyDesign
from analysis.charts.paper import measure

SVG = "{http://www.w3.org/2000/svg}"
AGES = ("10 to 11", "12 to 13", "14 to 15", "16 to 17", "18 to 20", "21 to 25")
BOROUGHS = tuple(
    f"{part} of the {kind}" for part in ("Upper End", "Lower End", "Far Side") for kind in "ABCDEFGHIJK"
)
TILES = {borough: (at % 7, at // 7) for at, borough in enumerate(BOROUGHS)}
SHORT = {borough: f"{borough[0]}{borough[-1]}" for borough in BOROUGHS}

ROW = {"measure": "worry", "level": None, "kind": "gatekept", "flag": "", "reason": ""}
FIGURES = ("estimate", "se", "ci_low", "ci_high", "n")


def figure(estimate: float, n: int = 1412, half: float = 0.03, **more: Any) -> dict[str, Any]:
    """A row by hand."""
    return ROW | {"estimate": estimate, "ci_low": estimate - half, "ci_high": estimate + half, "n": n} | more


WITHHELD = ROW | dict.fromkeys(FIGURES) | {"flag": "[c]", "reason": "fewer than 10 people answered"}


@cache
def city(people: int = 6000) -> SurveyDesign:
    """A sample of the city; nearly nobody lives in its last borough."""
    chance = random.Random(7)
    boroughs = chance.choices(BOROUGHS, [1] * 32 + [0.01], k=people)
    worry = [int(chance.random() < 0.25 + BOROUGHS.index(one) / 80) for one in boroughs]
    frame = {"borough": boroughs, "age": chance.choices(AGES, k=people), "worry": worry}
    return SurveyDesign(frame, kind="gatekept")


@dataclass(frozen=True)
class Written:
    """Some words on a picture: where they stand and about how much room they take, in pixels."""

    words: str
    left: float
    right: float
    base: float
    size: float
    colour: str

    def touches(self, other: Written) -> bool:
        """Whether two words stand in each other's way, leaving a little for what `measure` adds."""
        apart = 0.9 * min(self.right, other.right) <= 0.9 * max(self.left, other.left) + 1
        return not apart and abs(self.base - other.base) < 0.7 * max(self.size, other.size)


def written(drawn: str) -> list[Written]:
    """All words on a picture."""
    return [_written(text) for text in ElementTree.fromstring(drawn).iter(f"{SVG}text")]


def _written(text: ElementTree.Element) -> Written:
    words, size = text.text or "", float(text.attrib["font-size"].removesuffix("px"))
    wide = measure(words, size, bold=text.attrib.get("font-weight") == "700")
    before = {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]]
    left = float(text.attrib["x"]) - before * wide
    return Written(words, left, left + wide, float(text.attrib["y"]), size, text.attrib["fill"])


def words_of(drawn: str) -> list[str]:
    return [one.words for one in written(drawn)]


def hatched(drawn: str) -> int:
    """How many shapes of a picture are hatched."""
    return len(re.findall(r'<path[^>]*fill="url\(#', drawn))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, worked out here once more."""
    brighter, darker = sorted((_light(one), _light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def lightness(colour: str) -> float:
    """L* of CIELAB."""
    light = _light(colour)
    return 116 * light ** (1 / 3) - 16 if light > 216 / 24389 else light * 24389 / 27


def _light(colour: str) -> float:
    number = int(colour.lstrip("#"), 16)
    parts = [number >> 16, number >> 8 & 255, number & 255]
    linear = [(v / 255 / 12.92) if v <= 10 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in parts]
    return sum(part * share for part, share in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


def test_words_in_each_others_way_are_found() -> None:
    one = Written("one", 10, 40, 100, 12, "#000000")
    assert one.touches(replace(one, left=35, right=60))
    assert not one.touches(replace(one, left=42, right=60))
    assert not one.touches(replace(one, base=112))


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert lightness("#777777") == pytest.approx(50, abs=0.1)
