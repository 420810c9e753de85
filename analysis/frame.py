"""Columns in: any frame narwhals reads, or a mapping of arrays, as codes with levels or as numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
MISSING = -1
CLOSE = 100_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column as codes into its levels; code -1 is a missing answer."""

    name: str
    codes: Codes
    levels: tuple[Hashable, ...]

    def observed(self, where: Bools | None = None) -> tuple[int, ...]:
        """Codes that occur (in the rows `where`), in the order of the levels."""
        codes = self.codes if where is None else self.codes[where]
        seen = np.bincount(codes[codes >= 0], minlength=len(self.levels))
        return tuple(int(code) for code in np.flatnonzero(seen))


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame read one column at a time, each only once; the reader's own frame is never changed.

    levels: the values that a column may take, as they were declared. order: how those that occur are ordered.
    """

    source: Any = field(repr=False)
    levels: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)
    order: Mapping[str, Sequence[Hashable]] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    def column(self, name: str) -> Column:
        """The column as codes and levels; levels are sorted, unless they were declared or have an order of their own.

        Raises:
            KeyError: there is no such column (the message names those there are).
            ValueError: a value is not among the declared levels.
        """
        key = f"codes:{name}"
        if key not in self._read:
            self._read[key] = _encode(
                name, self._plain(name), self.levels.get(name), self.order.get(name, ())
            )
        column: Column = self._read[key]
        return column

    def numbers(self, name: str) -> Floats:
        """The column as floats, NaN where missing."""
        values, absent = self._values(name)
        try:
            out = np.where(absent, np.nan, np.where(absent, 0, values).astype(np.float64))
        except (TypeError, ValueError):
            raise ValueError(f"column {name!r} must hold numbers; it holds words") from None
        return out

    def marked(self, name: str, mask: Bools) -> Frame:
        """The same frame with one more column."""
        column = Column(name, mask.astype(np.intp), (False, True))
        return replace(self, _read={**self._read, f"codes:{name}": column}, more=(*self.more, name))

    def __len__(self) -> int:
        if isinstance(self.source, Mapping):
            return len(next(iter(self.source.values()))) if self.source else 0
        return int(self.source.shape[0])

    @property
    def names(self) -> tuple[str, ...]:
        own = tuple(self.source) if isinstance(self.source, Mapping) else tuple(self.source.columns)
        return tuple(dict.fromkeys((*own, *self.more)))

    def _values(self, name: str) -> tuple[NDArray[Any], Bools]:
        values = _array(self._plain(name))
        return values, _absent(values)

    def _plain(self, name: str) -> NDArray[Any] | list[Any]:
        """The values as they came: an array, or a list in which None and NaN are missing."""
        if name not in self.names:
            raise KeyError(f"there is no column {name!r}; the frame has {', '.join(map(str, self.names))}")
        values: Any = self.source[name]
        if not isinstance(self.source, Mapping):
            simple = values.dtype.is_numeric() and not values.is_null().any()
            values = values.to_numpy() if simple else values.to_list()
        elif not isinstance(values, np.ndarray):
            values = list(values)
        shape = values.shape if isinstance(values, np.ndarray) else (len(values),)
        if shape != (len(self),):
            raise ValueError(f"column {name!r} has {shape} values; {len(self)} are expected")
        plain: NDArray[Any] | list[Any] = values
        return plain


def read(source: Any, levels: Mapping[str, Sequence[Hashable]] | None = None) -> Frame:
    """A frame from a mapping of arrays, or from anything narwhals reads (a lazy one is collected)."""
    declared = {name: tuple(values) for name, values in (levels or {}).items()}
    if isinstance(source, Mapping):
        return Frame(dict(source), declared)
    import narwhals as nw

    native = nw.from_native(source)
    return Frame(native.collect() if isinstance(native, nw.LazyFrame) else native, declared, orders(native))


def orders(frame: Any) -> dict[str, tuple[Hashable, ...]]:
    """Of a narwhals frame the categories of the columns that have an order of their own.

    They are an Enum's (polars, DuckDB) and those of an ordered Categorical (pandas). The categories of any other one
    stand in no order that somebody chose, such as that in which the values happened to come.
    """
    import narwhals as nw

    kinds = frame.collect_schema().items()
    return {name: tuple(kind.categories) for name, kind in kinds if isinstance(kind, nw.Enum)}


def _array(values: Any) -> NDArray[Any]:
    if isinstance(values, np.ndarray):
        return values
    listed = list(values)
    if all(isinstance(value, (bool, np.bool_)) for value in listed):
        return np.array(listed, dtype=bool)
    if all(isinstance(value, (int, float, np.number)) for value in listed):
        return np.array(listed)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def _absent(values: NDArray[Any]) -> Bools:
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    if values.dtype.kind == "O":
        return np.fromiter((_is_missing(value) for value in values), dtype=bool, count=len(values))
    return np.zeros(len(values), dtype=bool)


def _is_missing(value: object) -> bool:
    """None, NaN, and what pandas writes for them."""
    if isinstance(value, (float, np.floating)):
        return bool(np.isnan(value))
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _encode(
    name: str,
    values: NDArray[Any] | list[Any],
    declared: Sequence[Hashable] | None,
    order: Sequence[Hashable],
) -> Column:
    try:
        found, seen = _factors(values)
    except ValueError as wrong:
        raise ValueError(f"column {name!r} {wrong}") from None
    levels = (
        tuple(declared)
        if declared is not None
        else ordered([level for level in seen if not _is_missing(level)], order)
    )
    place = {level: i for i, level in enumerate(levels)}
    strangers = [level for level in seen if level not in place and not _is_missing(level)]
    if strangers:
        raise ValueError(f"column {name!r} holds {listing(strangers)}, not among its declared levels")
    moved = np.array([MISSING if _is_missing(level) else place[level] for level in seen], dtype=np.intp)
    return Column(name, moved[found] if seen else np.zeros(0, dtype=np.intp), levels)


def _factors(values: NDArray[Any] | list[Any]) -> tuple[Codes, list[Hashable]]:
    """For each value its place among those that were seen. Numbers are sorted, or counted where they are close
    together; words go through a dictionary, which is several times as fast as sorting them."""
    if isinstance(values, np.ndarray) and values.dtype.kind in "biuf":
        small = values.dtype.kind in "biu" and values.dtype != np.uint64 and len(values)
        if small and int(values.max()) - int(values.min()) < CLOSE:
            return _counted(values)
        unique, found = np.unique(values, return_inverse=True)
        return found, unique.tolist()
    listed: list[Hashable] = values.tolist() if isinstance(values, np.ndarray) else values
    try:
        place = {level: at for at, level in enumerate(dict.fromkeys(listed))}
    except TypeError:
        raise ValueError("holds lists or the like; each answer must be a single value") from None
    return np.fromiter(map(place.__getitem__, listed), dtype=np.intp, count=len(listed)), list(place)


def _counted(values: NDArray[Any]) -> tuple[Codes, list[Hashable]]:
    least = values.min()
    place = values.astype(np.intp) - int(least)
    used = np.flatnonzero(np.bincount(place))
    rank = np.zeros(int(place.max()) + 1, dtype=np.intp)
    rank[used] = np.arange(len(used))
    return rank[place], (used + int(least)).astype(values.dtype).tolist()


def ordered(levels: Sequence[Hashable], order: Sequence[Hashable] = ()) -> tuple[Hashable, ...]:
    """Levels in the order given, where it has all of them; else sorted."""
    place = {level: at for at, level in enumerate(order)}
    if all(level in place for level in levels):
        return tuple(sorted(levels, key=place.__getitem__))
    try:
        return tuple(sorted(levels))  # type: ignore[type-var]
    except TypeError:
        return tuple(sorted(levels, key=str))


def listing(levels: Iterable[object], most: int = 6) -> str:
    """Levels for a sentence: the first few, and how many more there are."""
    listed = [repr(level) for level in levels]
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def one_of(what: str, value: object, allowed: Sequence[object]) -> None:
    """ValueError with what is allowed, when the value is none of it."""
    if value not in allowed:
        raise ValueError(f"{what} must be one of {', '.join(map(str, allowed))}; not {value!r}")
