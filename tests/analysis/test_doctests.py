"""Every example in a docstring of the package runs as it is written, and nothing public is without one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

import analysis
from analysis import charts, disclosure

MODULES = [module.name for module in pkgutil.walk_packages(analysis.__path__, "analysis.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


def face() -> Iterator[tuple[str, object]]:
    """What the package and its pictures export, and the door that figures leave by."""
    for place in (analysis, charts):
        yield from ((name, getattr(place, name)) for name in place.__all__)
    for name, one in vars(disclosure).items():
        if not name.startswith("_") and getattr(one, "__module__", "").startswith(disclosure.__name__):
            yield name, one


def members(one: type) -> Iterator[tuple[str, object]]:
    """The public methods and properties of a class that are written in the package."""
    for above in one.__mro__:
        if above.__module__.split(".")[0] == analysis.__name__:
            for name, member in vars(above).items():
                if not name.startswith("_") and _written_here(member):
                    yield name, member


def _written_here(member: object) -> bool:
    """A method or property of the package's own; what a library adds to its subclasses is not."""
    function = getattr(member, "fget", None) or getattr(member, "__func__", member)
    return inspect.isfunction(function) and function.__module__.split(".")[0] == analysis.__name__


def examples(one: object) -> str:
    """The code of the examples in its own docstring."""
    told = vars(one).get("__doc__") if isinstance(one, type) else one.__doc__
    return "".join(example.source for example in doctest.DocTestParser().get_examples(told or ""))


def lacking(name: str, one: object) -> Iterator[str]:
    """What of this has no docstring or no example. A member may be shown in the example of its class."""
    shown = examples(one)
    if not shown:
        yield f"{name} has no example"
    for called, member in members(one) if isinstance(one, type) else ():
        if not member.__doc__:
            yield f"{name}.{called} has no docstring"
        if not examples(member) and not re.search(rf"\.{called}\b", shown):
            yield f"{name}.{called} has no example, and that of {name} does not show it"


def test_everything_public_has_an_example() -> None:
    found = list(face())
    assert [line for name, one in found for line in lacking(name, one)] == []
    assert len(found) > 20
