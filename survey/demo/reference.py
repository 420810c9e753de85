"""The demonstration's adults: the figures that the London Knife Crime Strategy prints, brought in as anybody's file."""

import datetime as dt
from pathlib import Path

from sqlmodel import Session

from survey.places import Place
from survey.reference import keeping
from survey.reference.reading import read
from survey.wording import key_of

FILE = Path(__file__).parent / "pas_2016_17.csv"
WHO = "The demonstration"
TITLE = "Public Attitude Survey 2016/17, as the Strategy prints it"
WRITTEN = {
    "title": [TITLE],
    "population": ["Adults in London"],
    "months": ["12"],
    "bases": ["About 400 interviews in each borough; the Strategy prints no base beside these figures."],
    "source": [
        "The London Knife Crime Strategy (Mayor of London, 2017), from the Public Attitude Survey of the Mayor’s "
        "Office for Policing and Crime (MOPAC)."
    ],
    "licence": ["Three published figures and one question, quoted with their source."],
    "bring 0": ["1"],
    "wording 0": [
        "To what extent do you think knife crime is a problem in this area? By knife crime I mean people carrying or "
        "using knives to threaten or commit violence."
    ],
    "answer 0": ["A problem in this area (the Strategy does not say which answers it counts)"],
}


def bring_adults(session: Session, place: Place, now: dt.datetime) -> None:
    """Bring the series in, unless it is there."""
    if keeping.taken(session, key_of(TITLE)):
        return
    found = read(FILE.read_bytes(), place, now.date(), {})
    told = keeping.about(WRITTEN, found.measures)
    assert found.settled, (found.faults, found.asks)
    assert not told.faults, told.faults
    keeping.keep(session, now, WHO, found, told, FILE.name, place)
