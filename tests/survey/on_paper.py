"""Forms of a workshop as stories print, type and check them."""

import re

from sqlmodel import select

from survey.db import transaction
from survey.models import Collection, Consultation, Design, Kind, PaperForm, Permission, Setting
from survey.offline.numbers import FormNumber
from tests.survey.conftest import House

FEMI, AMARA = "Femi, fieldworker", "Amara, administrator"
ISIS = "HMPSXX"
DAY = "2026-11-18"
GOOD = {"worry": "1", "why": "Fights on my road.", "helps": "1 3", "years": "4", "borough": "1"}


def workshop(
    house: House, design: Design = Design.TALLY, kind: Kind = Kind.PAPER, permission: Permission | None = None
) -> int:
    """A collection on paper for a workshop in a prison, as a fieldworker would have opened it; its number."""
    with transaction(house.engine) as session:
        (consultation,) = session.exec(select(Consultation)).all()
        first = consultation.collections[0]
        made = Collection(
            consultation_id=0,
            instrument_id=first.instrument_id,
            name="Workshop at HMP Isis",
            design=design,
            kind=kind,
            host="HMP Isis",
        )
        made.settings = [
            Setting(collection_id=0, code=ISIS, name="HMP Isis, workshop", permission=permission)
        ]
        consultation.collections.append(made)
        session.flush()
        assert made.id is not None
        return made.id


def printed(house: House, collection: int, forms: int = 14, language: str = "en") -> str:
    """Number a batch of forms; its letters."""
    told = {"setting": ISIS, "lang": language, "forms": str(forms)}
    answer = house.as_(FEMI).post(f"/staff/collections/{collection}/paper", data=told)
    assert answer.status_code == 303, sentences(answer.text)
    return str(answer.headers["location"]).rpartition("/")[2]


def covered(house: House, letters: str, day: str = DAY, route: str = "own") -> None:
    """Write down what the cover of a batch says."""
    told = {"filled_on": day, "route": route}
    answer = house.as_(FEMI).post(f"/staff/batches/{letters}", data=told)
    assert answer.status_code == 303, sentences(answer.text)


def number(letters: str, place: int) -> str:
    return str(FormNumber(letters, place))


def typed(house: House, who: str, form: str, step: str = "first", **told: str) -> tuple[int, str]:
    """Type a form; the status, and where that leads or what is said."""
    data = {"step": step} | {f"a {key}": words for key, words in (GOOD | told).items()}
    answer = house.as_(who).post(f"/staff/forms/{form}", data=data)
    return answer.status_code, answer.headers.get("location") or sentences(answer.text)


def sentences(page: str) -> str:
    """What a page says, without its tags."""
    body = page.partition("<main>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "’").split())


def forms(house: House) -> list[PaperForm]:
    """What is known of every form that was typed."""
    with transaction(house.engine) as session:
        found = list(session.exec(select(PaperForm).order_by("number")).all())
        session.expunge_all()
    return found
