"""Where one can start to answer without having been given a code."""

from __future__ import annotations

import datetime as dt

from survey.models import Consultation, Kind, Setting


def open_doors(found: Consultation, today: dt.date) -> list[Setting]:
    """The settings of a consultation's open links that take answers today."""
    return [
        setting
        for collection in found.collections
        if collection.kind == Kind.OPEN_LINK and collection.first_day <= today <= collection.last_day
        for setting in collection.settings
        if setting.retired_on is None
    ]
