"""At what pace settings send responses of each group: by their last days, and by whom they have sent so far."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from analysis import Cube
from analysis.cube import add_up
from analysis.frame import Codes, Column, Floats
from survey.coverage.needs import DAYS_OF_PACE, Pace, Waiting
from survey.models import Collection, Setting

NEAREST = 3  # settings that are named for a group


@dataclass(frozen=True, slots=True)
class Paces:
    """Responses a week: `a_week` has (settings, boroughs, bands), in the order of the three lists.

    settings: the id, name, code, borough and what is expected of each. waiting: those from which nobody has sent yet.
    """

    settings: Sequence[Any]
    boroughs: Sequence[str]
    bands: Sequence[str]
    a_week: Floats
    waiting: tuple[Waiting, ...]

    def of(self, boroughs: Sequence[str], bands: Sequence[str]) -> tuple[float, tuple[Pace, ...]]:
        """How many of a group come in a week, and the settings that give most of them, the best first; those that give
        none are not named.
        """
        here = [self.boroughs.index(one) for one in boroughs]
        of = [self.bands.index(one) for one in bands]
        pace = self.a_week[:, here][:, :, of].sum(axis=(1, 2))
        best = np.argsort(-pace, kind="stable")[:NEAREST]
        return float(pace.sum()), tuple(
            Pace(self.settings[at].name, self.settings[at].code, float(pace[at]))
            for at in best
            if pace[at] > 0
        )


def paces(
    session: Session,
    collection: Collection,
    everybody: Cube,
    days: Cube,
    boroughs: Sequence[str],
    bands: Sequence[str],
    today: dt.date,
) -> Paces:
    """The paces of a collection's settings that are still in use, over the DAYS_OF_PACE that end today.

    everybody: who sent something, by setting, borough and age_band at least; days: by setting and day. A setting's
    responses of the last days are taken to be of the boroughs and ages that all of its responses are.
    """
    columns = [
        col(one) for one in (Setting.id, Setting.name, Setting.code, Setting.borough, Setting.expected)
    ]
    in_use = (col(Setting.collection_id) == collection.id) & col(Setting.retired_on).is_(None)
    settings = session.execute(select(*columns).where(in_use).order_by(col(Setting.name))).all()
    at = _places(everybody, "setting", [setting.id for setting in settings])
    home, band = _places(everybody, "borough", boroughs), _places(everybody, "age_band", bands)
    shape = (len(settings), len(boroughs), len(bands))
    known = (at >= 0) & (home >= 0) & (band >= 0)
    cell = (at * len(boroughs) + home) * len(bands) + band
    sent = add_up(cell[known], everybody.n[known], math.prod(shape)).reshape(shape)
    all_sent = add_up(at[at >= 0], everybody.n[at >= 0], len(settings))
    recent = _recent(days, [setting.id for setting in settings], today)
    share = np.divide(recent, all_sent, out=np.zeros(len(settings)), where=all_sent > 0)
    waiting = tuple(
        Waiting(one.name, one.code, one.borough or collection.borough, one.expected)
        for one, people in zip(settings, all_sent, strict=True)
        if not people
    )
    return Paces(settings, boroughs, bands, sent * share[:, None, None], waiting)


def _recent(days: Cube, settings: Sequence[int | None], today: dt.date) -> Floats:
    """How many responses each setting has sent in the last days."""
    last = {str(today - dt.timedelta(days=ago)) for ago in range(DAYS_OF_PACE)}
    axis = days.axis("day")
    wanted = days.where(np.isin(axis.codes, [at for at, day in enumerate(axis.levels) if day in last]))
    at = _places(wanted, "setting", settings)
    return add_up(at[at >= 0], wanted.n[at >= 0], len(settings))


def _places(cube: Cube, name: str, among: Sequence[object]) -> Codes:
    """For each cell the place of its level in a list; -1 where it is not in it."""
    axis: Column = cube.axis(name)
    place = {level: at for at, level in enumerate(among)}
    known = np.array([*(place.get(level, -1) for level in axis.levels), -1], dtype=np.intp)
    return np.asarray(known[axis.codes])
