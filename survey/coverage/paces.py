"""At what pace settings send responses of each group: by their last days, and by whom they have sent so far."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, col

from analysis import Cube
from analysis.frame import Column, Floats
from survey.coverage.needs import DAYS_OF_PACE, Pace
from survey.measuring import documents, kept
from survey.models import Collection, Setting

NEAREST = 3  # settings that are named for a group


@dataclass(frozen=True, slots=True)
class Paces:
    """Responses a week: `a_week` has (settings, boroughs, bands), in the order of the three lists.

    settings: the id, name and code of each.
    """

    settings: Sequence[Any]
    boroughs: Sequence[str]
    bands: Sequence[str]
    a_week: Floats

    def nearest(self, boroughs: Sequence[str], bands: Sequence[str]) -> tuple[Pace, ...]:
        """The settings that give most of a group in a week, the best first; those that give none are not named."""
        here = [self.boroughs.index(one) for one in boroughs]
        of = [self.bands.index(one) for one in bands]
        pace = self.a_week[:, here][:, :, of].sum(axis=(1, 2))
        best = np.argsort(-pace, kind="stable")[:NEAREST]
        return tuple(
            Pace(self.settings[at].name, self.settings[at].code, float(pace[at]))
            for at in best
            if pace[at] > 0
        )


def paces(
    session: Session, collection: Collection, boroughs: Sequence[str], bands: Sequence[str], today: dt.date
) -> Paces:
    """The paces of a collection's settings that are still in use, over the DAYS_OF_PACE that end today.

    A setting's responses of the last days are taken to be of the boroughs and ages that all of its responses are.
    """
    columns = (col(Setting.id), col(Setting.name), col(Setting.code))
    in_use = (col(Setting.collection_id) == collection.id) & col(Setting.retired_on).is_(None)
    settings = session.execute(select(*columns).where(in_use).order_by(col(Setting.name))).all()
    place = {setting.id: at for at, setting in enumerate(settings)}
    sent = np.zeros((len(settings), len(boroughs), len(bands)))
    who = kept.other(session, collection, documents.EVERYBODY).by(["setting", "borough", "age_band"])
    at = (
        _places(who, "setting", list(place)),
        _places(who, "borough", boroughs),
        _places(who, "age_band", bands),
    )
    known = (at[0] >= 0) & (at[1] >= 0) & (at[2] >= 0)
    np.add.at(sent, tuple(one[known] for one in at), who.n[known])
    recent = _recent(kept.other(session, collection, documents.DAYS), list(place), today)
    everybody = np.zeros(len(settings))
    np.add.at(everybody, at[0][at[0] >= 0], who.n[at[0] >= 0])
    share = np.divide(recent, everybody, out=np.zeros(len(settings)), where=everybody > 0)
    return Paces(settings, boroughs, bands, sent * share[:, None, None])


def _recent(days: Cube, settings: Sequence[int | None], today: dt.date) -> Floats:
    """How many responses each setting has sent in the last days."""
    last = {str(today - dt.timedelta(days=ago)) for ago in range(DAYS_OF_PACE)}
    axis = days.axis("day")
    wanted = days.where(np.isin(axis.codes, [at for at, day in enumerate(axis.levels) if day in last]))
    at = _places(wanted, "setting", settings)
    found = np.zeros(len(settings))
    np.add.at(found, at[at >= 0], wanted.n[at >= 0])
    return found


def _places(cube: Cube, name: str, among: Sequence[object]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """For each cell the place of its level in a list; -1 where it is not in it."""
    axis: Column = cube.axis(name)
    place = {level: at for at, level in enumerate(among)}
    found: np.ndarray[tuple[int], np.dtype[np.intp]] = np.array(
        [*(place.get(level, -1) for level in axis.levels), -1], dtype=np.intp
    )[axis.codes]
    return found
