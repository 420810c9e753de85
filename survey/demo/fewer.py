"""What earlier surveys of the demonstration asked: of the Youth Survey only so much, in the same words."""

from dataclasses import replace

from questions import shipped
from questions.writing import as_text

ASKED = ("worry_knife_crime", "borough", "age_band", "gender")


def fewer_questions(year: int) -> str:
    """The Youth Survey of a year, as text: nothing stands there that nobody was asked."""
    whole = shipped("youth_survey")
    asked = [(page, [one for one in page.questions if one.key in ASKED]) for page in whole.pages]
    pages = tuple(replace(page, questions=tuple(questions)) for page, questions in asked if questions)
    in_languages = tuple((language, f"{words} {year}") for language, words in whole.title.translations)
    title = replace(whole.title, source=f"{whole.title} {year}", translations=in_languages)
    return as_text(replace(whole, key=f"{whole.key}_{year}", title=title, pages=pages))
