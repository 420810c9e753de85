"""Every example in a docstring of the package runs as it is written."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import questions

MODULES = [module.name for module in pkgutil.walk_packages(questions.__path__, "questions.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0
