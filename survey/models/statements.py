"""Short statements that staff cleared, and what people think of each."""

import datetime as dt

from sqlmodel import Field, SQLModel

from survey.models.kinds import Document, Opinion, Voice, by_value


class Statement(SQLModel, table=True):
    """One short statement on a card. It is shown once somebody cleared it, and until it is taken out.

    `voice` is who said it. `translations` has its words by language. `quote_id` is the cleared text that it was
    made of, if it was: where its writer deletes that, it goes too. `told_agree` and `told_disagree` are the people
    who said so as everybody is told: they move in steps (`statements.opinions.add_up`), never by one.
    """

    id: int | None = Field(default=None, primary_key=True)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    words: str
    voice: Voice = Field(sa_type=by_value(Voice, 10))
    written_by: str
    written_on: dt.date
    cleared_by: str | None = None
    cleared_on: dt.date | None = None
    taken_out_on: dt.date | None = None
    translations: dict[str, str] = Field(default_factory=dict, sa_type=Document)
    quote_id: str | None = Field(
        default=None, foreign_key="quote.id", ondelete="CASCADE", max_length=22, index=True
    )
    told_agree: int = 0
    told_disagree: int = 0


class Cards(SQLModel, table=True):
    """What one person said to the cards of a consultation: nothing else of them but what they told of age and borough.

    `given` has an `Opinion` by the number of a statement. The key is made at random and stands in no other table.
    """

    __table_args__ = ({"sqlite_with_rowid": False},)  # or rows would keep the order in which people came

    key: str = Field(primary_key=True, max_length=22)
    consultation_id: int = Field(foreign_key="consultation.id", index=True)
    given: dict[str, Opinion] = Field(default_factory=dict, sa_type=Document)
    age_band: str | None = None
    borough: str | None = None
    answered_on: dt.date
