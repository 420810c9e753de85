"""What a finding may rest on, as a form offers it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session

from survey.models import Consultation

SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that a finding may rest on: as a form sends it, in words, under a heading, and as it is kept."""

    value: str
    words: str
    under: str
    evidence: dict[str, Any] = field(hash=False)


Offers = Callable[[Session, Consultation, dt.date], list[Offer]]
