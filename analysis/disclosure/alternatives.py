"""Other answers that people could have given, which would leave everything that is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy import optimize, sparse

from analysis.frame import Bools, Codes, Floats

Matrix = Any  # scipy's csr_array, whose stubs do not keep the shape
NEAR = 1e-6
UNSEEN = 1e-4  # of a person: what rounding to whole people may leave of a sum of weights
BATCH = 8
WORTH = 20.0
GAP = 0.2
NODES = 20  # not seconds: the same tables are always protected in the same way


class Secret(NamedTuple):
    """What must be possible of a hidden row: that it were larger (sign 1), smaller (-1) or either (0) by an amount."""

    row: int
    sign: int
    amount: float


@dataclass(slots=True, eq=False)
class Sums:
    """Numbers that nobody sees, and the sums of them that are shown, or would be.

    true: (cells,), what they are. known: (equations, cells), sums that everybody knows. limits: (n, cells), sums that
    are known to lie between `least` and `most`. rows: (rows, cells), the sums that could be shown. seen: the same as
    they are printed, which may be smaller by `down`, and larger by `up`, unseen. cost: what it costs to hide each.
    hidden: which are. firm: rows that are to be hidden only where nothing else will do, and then with the rows that
    `with_it` names. fixed: rows that are shown already, and cannot be hidden. whole: whether the numbers are whole in
    every other table too; sums of uneven weights are hardly ever the same twice in whole numbers, so that there real
    ones have to do.
    """

    true: Floats
    known: Matrix
    rows: Matrix
    seen: Matrix
    down: Floats
    up: Floats
    cost: Floats
    hidden: Bools
    rank: Codes
    with_it: dict[int, list[int]] = field(default_factory=dict)
    limits: Matrix = None
    least: Floats = field(default_factory=lambda: np.zeros(0))
    most: Floats = field(default_factory=lambda: np.zeros(0))
    fixed: Bools | None = None
    whole: bool = True
    programmes: int = 0
    others: list[Floats] = field(default_factory=list)

    def settle(self, secrets: Iterable[Secret], amount: float) -> None:
        """Hide more rows until all secrets are kept. amount: by which a row hidden on the way must be unsure.

        A secret is kept by another table that agrees with everything known and shown, in which it differs by its
        amount. Such a table stays possible when more is hidden, so none is looked for twice.
        """
        wanted, first = list(secrets), self.hidden.copy()
        pending = self._together(wanted)
        while pending:
            for rank in np.unique(self.rank):
                pending = self._settled(pending, (self.rank <= rank) & ~self._firm, amount)
            before = self.hidden.copy()
            pending = [less for one in pending if (less := self._at_any_price(one)) is not None]
            wanted += pending
            pending += [Secret(int(row), 0, amount) for row in np.flatnonzero(self.hidden & ~before)]
        self._show_again(first, wanted, amount)

    def _show_again(self, first: Bools, wanted: Sequence[Secret], amount: float) -> None:
        """Do without as many of the tables that were found as can be, dearest first, and show what only they moved."""
        if not self.others:
            return
        moved = np.array([self.rows @ other for other in self.others]).reshape(len(self.others), -1)
        seen = np.array([self._seen(other) > UNSEEN for other in self.others]).reshape(moved.shape) & ~first
        keeps = np.array(
            [
                (moved[:, row] * sign if sign else np.abs(moved[:, row])) >= least - NEAR
                for row, sign, least in wanted
            ]
        ).reshape(len(wanted), -1)
        wanted_rows, sure = keeps.any(axis=1), np.abs(moved) >= amount - NEAR
        chosen = np.ones(len(self.others), dtype=bool)
        for at in np.argsort(-(seen @ self.cost)):
            chosen[at] = False
            hidden = self._hidden_by(seen[chosen])
            covers = sure[chosen].any(axis=0) | ~sure.any(axis=0)
            if not (keeps[wanted_rows][:, chosen].any(axis=1).all() and covers[hidden].all()):
                chosen[at] = True
        self.hidden = first | self._hidden_by(seen[chosen])

    def _hidden_by(self, seen: Bools) -> Bools:
        hidden = np.asarray(seen.any(axis=0))
        for row in np.flatnonzero(hidden):
            hidden[self.with_it.get(int(row), [])] = True
        return hidden

    def _settled(self, pending: list[Secret], soft: Bools, amount: float) -> list[Secret]:
        """Hide more of the rows that are soft; the secrets that this cannot keep are left."""
        random, size, stuck = np.random.default_rng(0), BATCH, list[Secret]()
        while pending:
            before = self.hidden.copy()
            first = next(sign for sign in (1, -1, 0) if any(one.sign == sign for one in pending))
            kind = [
                one for one in pending if one.sign == first
            ]  # what covers others is mostly unsure by then
            some = [kind[at] for at in random.permutation(len(kind))[:size]]
            other = self._cheapest(some, soft & self.visible)
            new = [Secret(int(row), 0, amount) for row in np.flatnonzero(self.hidden & ~before)]
            left = self._left(pending, other)
            if len(left) == len(pending) and len(some) == 1:
                left.remove(some[0])
                stuck.append(some[0])
            size = min(2 * size, BATCH) if len(left) < len(pending) else max(len(some) // 4, 1)
            pending = [*left, *self._left(new, other)]
        return stuck

    def _cheapest(self, secrets: Sequence[Secret], visible: Bools) -> Floats | None:
        """A table that keeps what it can of some secrets for the least that must be hidden, and hides that."""
        found = []
        for sign in (-1, 1) if all(one.sign == 0 for one in secrets) else (-1,):
            signed = [one if one.sign else one._replace(sign=sign) for one in secrets]
            other = self._least_seen(signed, np.flatnonzero(visible))
            if other is not None:
                found.append((len(self._left(secrets, other)), float(self._seen(other) @ self.cost), other))
        if not found:
            return None
        other = min(found, key=lambda one: one[:2])[2]
        if len(self._left(secrets, other)) < len(secrets):
            self._hide_what_moves(other)
            return other
        return None

    def _least_seen(self, secrets: Sequence[Secret], soft: Codes) -> Floats | None:
        size, many = len(soft), len(secrets)
        apart = sparse.hstack(
            [self.seen[soft], -sparse.eye_array(size), sparse.eye_array(size), sparse.csr_array((size, many))]
        )
        signs = sparse.diags_array(np.array([float(one.sign) for one in secrets]))
        moved = signs @ self.rows[[one.row for one in secrets]]
        short = sparse.hstack([moved, sparse.csr_array((many, 2 * size)), -sparse.eye_array(many)])
        firm = self.visible.copy()
        firm[soft] = False
        blocks = [(short, 0.0, np.inf), (apart, -self.down[soft], self.up[soft])]
        blocks += self._kept(firm, 2 * size + many)
        costs = self.cost[soft] if size else np.ones(1)
        typical = np.median(costs) if many > 1 else costs.max()
        worth = np.full(many, -WORTH * (1.0 + float(typical)))
        cost = np.concatenate([np.zeros(len(self.true)), self.cost[soft], self.cost[soft], worth])
        more = [(0.0, np.inf)] * (2 * size) + [(0.0, one.amount) for one in secrets]
        return self._solve(cost, blocks, more, alone=many == 1)

    def _at_any_price(self, secret: Secret) -> Secret | None:
        """Keep a secret by hiding whatever it takes; a lesser one where what everybody knows leaves less room."""
        best, room = None, 0.0
        for sign in (secret.sign,) if secret.sign else (-1, 1):
            moved = self.rows[[secret.row]] * float(sign)
            blocks = [(moved, -np.inf, secret.amount), *self._kept(self._firm, 0)]
            other = self._solve(-moved.toarray().ravel(), blocks, [], exact=True)
            if other is None:
                raise ArithmeticError("these tables cannot be proved safe together: publish fewer of them")
            far = float((moved @ other)[0])
            if far > room:
                best, room = other, far
        if best is None or room < 1 - NEAR:
            return None
        if room >= secret.amount - NEAR:
            self._hide_what_moves(best)
            return None
        return secret._replace(amount=float(np.floor(room + NEAR)))

    def _left(self, secrets: Sequence[Secret], other: Floats | None) -> list[Secret]:
        """The secrets that this table does not keep. other: how it differs from the true one."""
        if other is None:
            return list(secrets)
        moved = self.rows @ other
        return [
            one
            for one in secrets
            if (moved[one.row] * one.sign if one.sign else abs(moved[one.row])) < one.amount - NEAR
        ]

    def _together(self, secrets: list[Secret]) -> list[Secret]:
        """Keep as many at once as can be, without hiding more."""
        found = len(secrets) + 1
        while secrets and len(secrets) < found:
            found = len(secrets)
            for sign in (1, -1):
                some = [one._replace(sign=sign) for one in secrets if one.sign in (sign, 0)]
                if some:
                    other = self._least_seen(some, np.zeros(0, dtype=np.intp))
                    secrets = self._left(secrets, other)
        return secrets

    @property
    def _firm(self) -> Bools:
        return np.zeros_like(self.hidden) if self.fixed is None else self.fixed

    @property
    def visible(self) -> Bools:
        """The rows that are shown."""
        return ~self.hidden

    def _seen(self, other: Floats) -> Floats:
        """(rows,): by how much each would be seen to move."""
        moved = self.seen @ other
        return np.asarray(np.maximum(np.maximum(-self.down - moved, moved - self.up), 0.0))

    def _hide_what_moves(self, other: Floats) -> None:
        moved = self._seen(other) > UNSEEN
        for row in np.flatnonzero(moved & self.visible):
            self.hidden[[row, *self.with_it.get(int(row), ())]] = True

    def _kept(self, rows: Bools, more: int) -> list[tuple[Matrix, Any, Any]]:
        """What another table may not change, as constraints on how it differs, with so many more variables."""

        def wide(matrix: Matrix) -> Matrix:
            return sparse.hstack([matrix, sparse.csr_array((matrix.shape[0], more))]) if more else matrix

        at = np.flatnonzero(rows)
        found = [(wide(self.known), 0.0, 0.0), (wide(self.seen[at]), -self.down[at], self.up[at])]
        if self.limits is not None and self.limits.shape[0]:
            now = self.limits @ self.true
            found.append((wide(self.limits), self.least - now, self.most - now))
        return [one for one in found if one[0].shape[0]]

    def _solve(
        self,
        cost: Floats,
        blocks: Sequence[tuple[Matrix, Any, Any]],
        more: Sequence[tuple[float, float]],
        alone: bool = True,
        exact: bool = False,
    ) -> Floats | None:
        """How the best other table differs, in whole numbers if it must; None where none is found (not `alone`: at
        once)."""
        low = np.concatenate([-self.true, [one[0] for one in more]])
        high = np.concatenate([np.full(len(self.true), np.inf), [one[1] for one in more]])
        for whole in (0, 1) if alone else (0,):
            self.programmes += 1
            found = optimize.milp(
                cost,
                integrality=np.repeat([whole, 0], [len(self.true), len(more)]),
                bounds=optimize.Bounds(low, high),
                constraints=[optimize.LinearConstraint(*one) for one in blocks],
                options={} if exact else {"node_limit": NODES, "mip_rel_gap": GAP},
            )
            if found.x is None:
                return None
            other = found.x[: len(self.true)]
            near = np.round(other)
            if not self.whole or np.abs(other - near).max(initial=0.0) < NEAR:
                self.others.append(near if self.whole else other)
                return self.others[-1]
        return None
