"""People who were present and counted: which of their answers may be shown alone, which only taken together."""

from __future__ import annotations

from collections.abc import Mapping

from .rule import Rule


def together(counts: Mapping[str, int], rule: Rule) -> tuple[tuple[str, ...], ...]:
    """The choices of one question as groups that may be shown, in their order; none where nothing may be.

    counts: how many of those present gave each choice. A choice that may not be shown alone is taken together with
    others like it, and then with the least of the rest, until the group may be shown: so no subtraction gives it away.

    >>> together({"yes": 83, "no": 67}, Rule()), together({"yes": 2, "no": 1}, Rule())
    ((('yes',), ('no',)), ())
    >>> together({"much": 20, "some": 12, "little": 4, "none": 1}, Rule())
    (('much',), ('some',), ('little', 'none'))
    >>> together({"yes": 11, "no": 1}, Rule()), together({"yes": 40, "no": 0}, Rule())
    ((), (('yes',), ('no',)))
    """
    base = sum(counts.values())
    if base < rule.minimum_base:
        return ()
    alone = [code for code, count in counts.items() if not rule.why_not(base, count)]
    hidden = [code for code in counts if code not in alone]
    while hidden and alone and rule.why_not(base, sum(counts[code] for code in hidden)):
        least = min(alone, key=lambda code: counts[code])
        alone.remove(least)
        hidden.append(least)
    if not alone:
        return ()
    grouped = tuple(code for code in counts if code in hidden)
    return (*((code,) for code in alone), *((grouped,) if grouped else ()))
