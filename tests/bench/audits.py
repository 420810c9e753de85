"""What the audit of a long set costs, beside reading it."""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from questions import read
from questions.audit import audit

T = TypeVar("T")
QUESTIONS, CONDITIONS = 80, 40
PAGE = """
[[page]]
[[page.question]]
key = "q{n}"
kind = "scale"
prompt = "How safe do you feel in place number {n}?"
dont_know = true
prefer_not_to_say = true
{show_if}
choices = [
  {{ code = "very_safe", label = "Very safe" }},
  {{ code = "fairly_safe", label = "Fairly safe" }},
  {{ code = "fairly_unsafe", label = "Fairly unsafe" }},
  {{ code = "very_unsafe", label = "Very unsafe" }},
]
"""
SHAPES: dict[str, Callable[[int], str]] = {
    "one question decides all": lambda n: "${q0} = 'very_safe'",
    "each looks at the one before": lambda n: f"${{q{n - 1}}} != 'very_unsafe'",
    "each looks at three": lambda n: (
        f"${{q{n - 1}}} = 'very_safe' or (${{q{n // 2}}} != 'very_unsafe' and not(${{q{n // 3}}} = 'fairly_safe'))"
    ),
    "each looks at six far pairs": lambda n: " or ".join(
        f"(${{q{i}}} = 'very_safe' and ${{q{28 + i}}} = 'very_safe')" for i in range(n % 7, n % 7 + 6)
    ),
}


def run() -> None:
    """Print the time of an audit for each shape of set."""
    print(f"Audit of a set of {QUESTIONS} questions with {CONDITIONS} conditions, beside reading it")
    for name, shape in SHAPES.items():
        source = long_set(shape)
        question_set, reading = _fastest(partial(read, source))
        _, auditing = _fastest(partial(audit, question_set))
        print(f"  {name:30} {auditing * 1000:6.1f} ms, {auditing / reading:.1f} times reading it")
    print()


def long_set(shape: Callable[[int], str]) -> str:
    """Eighty questions, the second half with conditions."""
    first = QUESTIONS - CONDITIONS
    pages = (
        PAGE.format(n=n, show_if=f'show_if = "{shape(n)}"' if n >= first else "") for n in range(QUESTIONS)
    )
    return 'key = "long"\ntitle = "Long"\nlanguage = "en"\n' + "".join(pages)


def _fastest(action: Callable[[], T]) -> tuple[T, float]:
    """What it gives, and its seconds: the best of five."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        found = action()
        took.append(time.perf_counter() - began)
    return found, min(took)
