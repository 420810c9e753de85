"""Confidence intervals for proportions, each a plain function of the same figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, expit, logit, stdtrit

from .frame import Bools, Floats

FEW_DF = 8
POOLED_COUNTS = (
    4  # degrees of freedom: 2 over the relative variance of design effects between domains, taken as a half
)
HALVINGS = 60
Bounds = tuple[Floats, Floats]


def student(df: Floats, upper: float) -> Floats:
    """The quantile of Student's t; undefined without degrees of freedom."""
    return np.where(df > 0, stdtrit(np.maximum(df, 1), upper), np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What an interval is made from; every array has one entry for each estimate.

    p, variance: the proportion and its variance. n, kish: the base and Kish's effective base.
    df: degrees of freedom. n_eff: the effective base the interval rests on. pooled: where n_eff comes from
    a design effect pooled over domains; pooled_df: the degrees of freedom of that design effect.
    """

    p: Floats
    variance: Floats
    n: Floats
    kish: Floats
    df: Floats
    n_eff: Floats
    pooled: Floats
    pooled_df: float
    confidence: float

    @property
    def upper(self) -> float:
        return 1 - (1 - self.confidence) / 2

    def t(self, df: Floats | None = None) -> Floats:
        used = self.df if df is None else df
        return student(used, self.upper)

    @property
    def own_n_eff(self) -> Floats:
        """p (1 - p) / variance, uncapped."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.p * (1 - self.p) / self.variance


def wald(f: Figures) -> Bounds:
    """p -/+ t se, not clipped (R's confint(svymean) with df, svyciprop "mean")."""
    half = f.t() * np.sqrt(f.variance)
    return f.p - half, f.p + half


def xlogit(f: Figures) -> Bounds:
    """Wald on the log odds, transformed back (R's svyciprop "xlogit"); undefined at p of 0 or 1."""
    inside = (f.p > 0) & (f.p < 1)
    p = np.where(inside, f.p, 0.5)
    half = f.t() * np.sqrt(f.variance) / (p * (1 - p))
    return _where(inside, expit(logit(p) - half), expit(logit(p) + half))


def asin(f: Figures) -> Bounds:
    """Wald on arcsin(sqrt(p)), transformed back; undefined at p of 0 or 1.

    R's svyciprop "asin", but for angles beyond 0 and a right one: R folds them over, so that its interval can miss
    the estimate; here they end at 0 and at 1.
    """
    inside = (f.p > 0) & (f.p < 1)
    p = np.where(inside, f.p, 0.5)
    half = f.t() * np.sqrt(f.variance) / (2 * np.sqrt(p * (1 - p)))
    middle = np.arcsin(np.sqrt(p))
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, np.pi / 2)
    return _where(inside, np.sin(low) ** 2, np.sin(high) ** 2)


def likelihood(f: Figures) -> Bounds:
    """The proportions whose binomial likelihood, at the effective base, is not much under the greatest.

    Those x with 2 n_eff (p log(p / x) + (1 - p) log((1 - p) / (1 - x))) at most t^2 n / (n - 1): R's svyciprop
    "likelihood" (Rao and Scott 1984 scale the likelihood ratio so); undefined at p of 0 or 1. Found by halving.
    """
    inside = (f.p > 0) & (f.p < 1) & (f.variance > 0)
    p = np.where(inside, f.p, 0.5)
    reach = np.where(inside, f.t() ** 2 * _over(f.n) / (2 * np.where(inside, f.own_n_eff, 1.0)), 1.0)

    def solve(end: float) -> Floats:
        near, far = p.copy(), np.full_like(p, end)
        for _ in range(HALVINGS):
            x = (near + far) / 2
            with np.errstate(divide="ignore", invalid="ignore"):
                apart = p * np.log(p / x) + (1 - p) * np.log((1 - p) / (1 - x))
            beyond = ~(apart <= reach)
            near, far = np.where(beyond, near, x), np.where(beyond, x, far)
        return near

    return _where(inside & np.isfinite(reach), solve(0.0), solve(1.0))


def _over(n: Floats) -> Floats:
    """n / (n - 1)."""
    return n / np.maximum(n - 1, 1)


def beta(f: Figures) -> Bounds:
    """Korn and Graubard (1998) as R's svyciprop "beta" has it: no cap; undefined at p of 0 or 1."""
    inside = (f.p > 0) & (f.p < 1)
    ratio = f.t(np.maximum(f.n - 1, 0)) / f.t()
    return _where(inside, *_clopper_pearson(f.p, f.own_n_eff * ratio**2, f.upper))


def wilson(f: Figures) -> Bounds:
    """Wilson's score interval with n_eff and t (R's svyciprop "wilson"); undefined at p of 0 or 1."""
    return _where((f.p > 0) & (f.p < 1), *_score(f.p, f.own_n_eff, f.t()))


def wilson_pooled(f: Figures) -> Bounds:
    """Wilson's score interval with the effective base of `kg` (pooled where degrees of freedom are few)."""
    return _score(f.p, f.n_eff, f.t(_used_df(f)))


def nchs(f: Figures) -> Bounds:
    """Korn and Graubard with the effective base capped at n, and n at p of 0 or 1 (Parker et al. 2017)."""
    edge = (f.p <= 0) | (f.p >= 1)
    ratio = f.t(np.maximum(f.n - 1, 0)) / f.t()
    size = np.where(edge, f.n, np.minimum(np.where(edge, f.n, f.own_n_eff) * ratio**2, f.n))
    return _clopper_pearson(f.p, size, f.upper)


def kg(f: Figures) -> Bounds:
    """Korn and Graubard in the NCHS form, capped at Kish's effective base and with edges from it.

    Where a domain has under 8 degrees of freedom the effective base is that of the design effect pooled over the
    domains of the same question, with as much of what its own is greater by as there is credit for (`figures`); with
    the pooled degrees of freedom.
    """
    return _clopper_pearson(f.p, kg_size(f), f.upper)


def kg_size(f: Figures) -> Floats:
    """The size of the binomial that the `kg` interval is of."""
    edge = (f.p <= 0) | (f.p >= 1)
    ratio = f.t(np.maximum(f.n - 1, 0)) / f.t(_used_df(f))
    return np.where(edge, f.n_eff, np.minimum(f.n_eff * ratio**2, f.kish))


def _used_df(f: Figures) -> Floats:
    return np.where(f.pooled > 0, f.pooled_df, f.df)


def _clopper_pearson(p: Floats, n: Floats, upper: float) -> Bounds:
    known = np.isfinite(n) & (n > 0) & np.isfinite(p)
    n, p = np.where(known, n, 1.0), np.clip(np.where(known, p, 0.5), 0, 1)
    hits, misses = n * p, n * (1 - p)
    low = np.where(hits > 0, betaincinv(np.maximum(hits, 1e-300), misses + 1, 1 - upper), 0.0)
    high = np.where(misses > 0, betaincinv(hits + 1, np.maximum(misses, 1e-300), upper), 1.0)
    return _where(known, low, high)


def _score(p: Floats, n: Floats, t: Floats) -> Bounds:
    known = np.isfinite(n) & (n > 0)
    n = np.where(known, n, 1.0)
    middle = (p + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * np.sqrt(p * (1 - p) / n + t**2 / (4 * n**2))
    return _where(known, np.clip(middle - half, 0.0, p), np.clip(middle + half, p, 1.0))


def _where(known: Bools, low: Floats, high: Floats) -> Bounds:
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


INTERVALS: dict[str, Callable[[Figures], Bounds]] = {
    "kg": kg,
    "logit": xlogit,
    "beta": beta,
    "wilson": wilson,
    "wilson-pooled": wilson_pooled,
    "nchs": nchs,
    "asin": asin,
    "likelihood": likelihood,
    "wald": wald,
}


def figures(
    p: Floats,
    variance: Floats,
    n: Floats,
    kish: Floats,
    df: Floats,
    *,
    design_df: float,
    confidence: float,
    spread: Floats | None = None,
) -> tuple[Figures, tuple[str, ...]]:
    """The figures with their effective base, and where the design effect of each comes from.

    "own": from the estimate's own variance, at most Kish's effective base. "pooled": under 8 degrees of
    freedom; the spread beyond that of the weights, pooled over the domains, and where its own is more, df / (df + 4) of
    the difference: the credibility of a mean square with df degrees of freedom (Buhlmann 1967), given to what widens.
    "weights": p is 0 or 1 (or nothing can be pooled), so Kish's effective base.
    spread: the variance that effective bases are made of, where it is not `variance` (`leaving_out`); pooling is of
    `variance`.
    """
    spread = variance if spread is None else spread
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.minimum(p * (1 - p) / spread, kish)
    excess, pooled_df = _pooled(p, variance, kish, df, design_df)
    edge = (p <= 0) | (p >= 1)
    pool = (df < FEW_DF) & np.isfinite(excess) & (pooled_df >= FEW_DF) & (n > 0)
    lonely = ~pool & (edge | ~(variance > 0))
    n_eff = np.where(lonely, kish, own)
    alone, beyond = edge | ~(variance > 0) | ~(df > 0), np.fmax(excess, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        more = np.where(alone, 0.0, np.fmax(kish / own - beyond, 0.0)) * df / (df + POOLED_COUNTS)
    n_eff = np.where(pool, kish / (beyond + more), n_eff)
    source = np.where(n <= 0, "none", np.where(pool, "pooled", np.where(lonely, "weights", "own")))
    made = Figures(p, variance, n, kish, df, n_eff, pool.astype(np.float64), pooled_df, confidence)
    return made, tuple(source.tolist())


def _pooled(p: Floats, variance: Floats, kish: Floats, df: Floats, design_df: float) -> tuple[float, float]:
    """Variance over that of a simple sample of Kish's size, pooled over domains by degrees of freedom."""
    use = (df > 0) & (p > 0) & (p < 1) & np.isfinite(variance)
    if use.sum() < 2:
        return float("nan"), 0.0
    above = (df[use] * variance[use] * kish[use]).sum()
    below = (df[use] * p[use] * (1 - p[use])).sum()
    return float(above / below), float(min(df[use].sum(), design_df))
