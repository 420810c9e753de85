"""How far two readers agree who coded the same texts without knowing what the other did: Cohen's kappa."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two readers agree about one code.

    n: texts that both read; both, neither: texts to which both gave the code, or neither did; first, second: texts to
    which only that reader gave it. observed: the share of texts about which they agree. kappa: that share beyond what
    chance would give, from -1 to 1; None where it means nothing, and `why_not` says why.

    >>> found = kappa([(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15)
    >>> found.n, found.observed, round(found.kappa, 3)
    (50, 0.7, 0.4)
    """

    n: int
    both: int
    first: int
    second: int
    neither: int
    observed: float | None
    kappa: float | None
    why_not: str = ""


def kappa(pairs: Iterable[tuple[bool, bool]]) -> Agreement:
    """Cohen's kappa of two readers over texts: whether the first gave the code, and whether the second did.

    (p_o - p_e) / (1 - p_e), where p_o is the share of texts about which they agree and p_e the share that two readers
    who give the code as often as these two did would agree about by chance: Cohen, J. (1960), A coefficient of
    agreement for nominal scales, Educational and Psychological Measurement 20(1), 37-46. Where p_e is 1, both readers
    gave the code to all texts or both to none, and there is no kappa.

    >>> kappa([]).why_not
    'no text was read twice'
    >>> kappa([(False, False)] * 8).why_not
    'neither reader gave this code to any of the 8 texts'
    """
    every = list(pairs)
    both = sum(a and b for a, b in every)
    first = sum(a and not b for a, b in every)
    second = sum(b and not a for a, b in every)
    n = len(every)
    neither = n - both - first - second
    if not n:
        return Agreement(0, 0, 0, 0, 0, None, None, "no text was read twice")
    observed = (both + neither) / n
    expected = ((both + first) * (both + second) + (neither + second) * (neither + first)) / n**2
    if n in (both, neither):
        gave = "both readers gave this code to all" if both else "neither reader gave this code to any"
        return Agreement(n, both, first, second, neither, observed, None, f"{gave} of the {n} texts")
    return Agreement(n, both, first, second, neither, observed, (observed - expected) / (1 - expected))
