"""What lies beside the rows: what each column and code is, and what whoever uses them must know."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from questions import QuestionSet, codebook
from survey.exports.columns import Field
from survey.exports.crowds import LEAST, Report
from survey.exports.csv_file import lines
from survey.exports.identifying import NAMES, ROUTE, SETTING, STEPS
from survey.exports.reading import Rows
from survey.exports.spss import names_of, numbers_of
from survey.measuring.door import rule_of
from survey.wording import listed, number

COLUMNS = ("column", "spss_name", "words", "code", "spss_value", "label", "asked_in_versions")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Codebook</title>
<style>body{{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
td,th{{text-align:left;padding:.2rem 1.5rem .2rem 0}}</style>
{}
</html>
"""


@dataclass(frozen=True, slots=True)
class Told:
    """What the papers say of a file besides its rows. notes: how it was weighted, in sentences; check: of that in R."""

    asked_by: str
    reason: str
    let_go_by: str
    made_on: dt.date
    good_until: dt.date
    report: Report
    notes: tuple[str, ...]
    check: str


def write(folder: Path, rows: Rows, told: Told) -> None:
    """Put the papers beside the rows."""
    newest = rows.known.versions[-1]
    (folder / "codebook.csv").write_text(codebook.as_csv(newest), "utf8", newline="")
    (folder / "codebook.html").write_text(PAGE.format(codebook.as_html(newest)), "utf8")
    (folder / "columns.csv").write_bytes(lines([COLUMNS, *_columns(rows.fields)]))
    (folder / "README.txt").write_text(readme(rows, told), "utf8")


def _columns(fields: Sequence[Field]) -> Iterator[tuple[object, ...]]:
    """A line for each code of each column; one for a column without codes."""
    for field, spss in zip(fields, names_of(fields), strict=True):
        versions = " ".join(map(str, field.column.versions)) if field.column else ""
        said = dict(zip(field.values, field.labels, strict=True))
        numbers = numbers_of(field)
        for code in field.values or ("",):
            told = (code, f"{numbers[code]:.0f}", said[code]) if code else ("", "", "")
            yield (field.name, spss, field.label, *told, versions)


def readme(rows: Rows, told: Told) -> str:
    """What whoever uses a file must know, in plain words."""
    parts = [_what(rows, told), _who(rows, told.report), _left_out(rows.known.versions), _weight(rows, told)]
    return "\n\n".join([*parts, _how(), f"Every figure again\n{told.check}", ""])


def _what(rows: Rows, told: Told) -> str:
    collection, made = rows.known.collection, rows.known.total
    consultation = collection.consultation
    title = f"{consultation.title}: {collection.name}"
    kind = " Made-up answers, drawn by a computer." if consultation.synthetic else ""
    source = f" Source: {consultation.source}" if consultation.source else ""
    return (
        f"{title}\n{number(made)} responses, sent in by {told.made_on}.{kind}{source}\n"
        f"Asked from {consultation.opens_on} to {consultation.closes_on}; design: {collection.design}.\n\n"
        f"Asked for by {told.asked_by}: {told.reason}\nLet go by {told.let_go_by}. Made on {told.made_on}.\n"
        "Licence: these rows are for this purpose and for whoever asked for them. They are not published, not passed "
        f"on, and deleted when the work is done; they can be fetched until {told.good_until}. Nobody tries to find out "
        "who answered. Figures made from them leave by the rules of the results page: no cell of fewer than "
        f"{rule_of(consultation).minimum_base} people."
    )


def _who(rows: Rows, report: Report) -> str:
    given = [f"{NAMES[one.key]}: {STEPS[rows.steps[one.key]]}" for one in rows.known.variables]
    blanked = (
        f"In {number(report.blanked)} rows all of them are empty, as fewer than {LEAST} people were alike."
        if report.blanked
        else ""
    )
    return (
        f"Who answered\nNobody stands alone: at least {LEAST} rows are alike in everything below, or none.\n"
        + "\n".join(f"- {one}" for one in given)
        + f"\n{blanked}".rstrip()
    )


def _left_out(versions: Sequence[QuestionSet]) -> str:
    texts = dict.fromkeys(one.key for part in versions for one in part.questions if one.kind == "text")
    words = f" What people wrote in their own words is not here ({listed([*texts])})." if texts else ""
    return (
        "What is not here\nNo name, address, device, day or language: the last two could tell who somebody is."
        f"{words} An empty cell is a question that was not asked or not answered."
    )


def _weight(rows: Rows, told: Told) -> str:
    own = {one.question: one.name for one in rows.fields if one.column is None}
    cluster = (
        f"{own['cluster']} numbers the settings in an order drawn for this file: use it as the cluster of the design."
        if "cluster" in own
        else "Settings, which are the clusters of the design, are not here, so standard errors made from these rows "
        "alone are too small: take those of the results page."
    )
    return (
        f"Weights\n{' '.join(told.notes)} The column {own['weight']} is that of the results page, as a mean over the "
        "rows that are alike in what stands above, since the exact one would tell them apart; where borough, age band "
        f"and gender are all as they were answered, it is exact (a mean over settings, if those were drawn by chance). "
        f"{cluster}"
    )


def _how() -> str:
    return (
        "The files\nresponses.csv holds codes; of questions with several answers each code has a column, 1 for yes and "
        "0 for no. columns.csv says what each column and code is, and its number in SPSS; codebook.html is the same to "
        "read. In responses.sav, “don’t know” and “prefer not to say” are user-missing values (-8 and -9). In "
        f"responses.parquet they are codes; of a number they stand in a column of their own. {ROUTE}: “own” decided "
        f"for themselves at 16 or over, “{SETTING}” was allowed by a setting."
    )
