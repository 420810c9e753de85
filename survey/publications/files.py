"""The files of a publication: figures as CSV with its metadata (CSVW), as a spreadsheet, and as JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from survey.measuring.frozen import Frozen
from survey.publications.trend import Trend

COLUMNS = {
    "question": "Key of the question; its wording is in the metadata",
    "answer": "What was said, in words",
    "codes": "The codes of the answer, with + between several taken together",
    "borough": "Official code of the borough where people live; empty: all of them",
    "borough_name": "Its name",
    "age_band": "Age in years; empty: all of them",
    "gender": "Gender as people gave it; empty: all of them",
    "percent": "Share of those who gave an opinion, in whole percent",
    "low": "Lower end of the interval, in whole percent",
    "high": "Upper end of the interval, in whole percent",
    "people": "How many people gave an opinion, rounded to 5",
    "mark": "[c]: withheld to protect people; [u]: not reliable enough to rest on",
    "reason": "Why it is marked",
}
TREND = {
    "question": COLUMNS["question"],
    "answer": COLUMNS["answer"],
    "codes": COLUMNS["codes"],
    "wave": "The title of the wave",
    "when": "The year of the wave, or its month where two are of one year",
    "address": "Where the wave is published; empty: in this publication",
    "percent": COLUMNS["percent"],
    "low": COLUMNS["low"],
    "high": COLUMNS["high"],
    "people": COLUMNS["people"],
    "mark": COLUMNS["mark"],
    "reason": COLUMNS["reason"],
    "change": "Points more (or fewer, below 0) than in the wave before, by whole percentages; empty: not compared",
    "change_low": "Lower end of the interval of the change, in whole points; it allows for the rounding of both",
    "change_high": "Upper end of the interval of the change, in whole points; it allows for the rounding of both",
    "change_in_words": "What may be said of the change",
}
NUMBERS = ("percent", "low", "high", "people", "change", "change_low", "change_high")
SCHEMA = "http://www.w3.org/ns/csvw"


def rows(frozen: Frozen) -> Iterator[dict[str, Any]]:
    """Every figure of a publication, withheld ones too, by COLUMNS."""
    for table in frozen.content["tables"]:
        many = frozen.questions[table["question"]]["kind"] == "many"
        for row in table["rows"]:
            codes = table["codes"] or [table["measure"].partition(": ")[2] if many else row["level"]]
            yield _row(frozen, table["question"], codes, row)


def _row(frozen: Frozen, question: str, codes: list[str], row: Mapping[str, Any]) -> dict[str, Any]:
    borough = row.get("borough")
    return {
        "question": question,
        "answer": frozen.words(question, codes),
        "codes": "+".join(codes),
        "borough": borough,
        "borough_name": frozen.labels("borough").get(borough) if borough else None,
        "age_band": row.get("age_band"),
        "gender": frozen.labels("gender").get(row["gender"], row["gender"]) if row.get("gender") else None,
        "percent": _percent(row["estimate"]),
        "low": _percent(row["ci_low"]),
        "high": _percent(row["ci_high"]),
        "people": row["n"],
        "mark": row["flag"] or None,
        "reason": row["reason"] or None,
    }


def _percent(share: float | None) -> int | None:
    return None if share is None else round(share * 100)


def as_csv(frozen: Frozen) -> bytes:
    """The figures as CSV in UTF-8; what is missing is empty."""
    return _lines(COLUMNS, rows(frozen))


def trend_as_csv(frozen: Frozen, found: Trend, public: str) -> bytes:
    """The headline figure over the waves of a publication, by TREND. public: where the site stands."""
    return _lines(TREND, _of_waves(frozen, found, public))


def _of_waves(frozen: Frozen, found: Trend, public: str) -> Iterator[dict[str, Any]]:
    question, codes = frozen.headline
    for point in found.points:
        row = _row(frozen, question, list(codes), point.row) if point.row else {}
        change = point.change or (None, None, None)
        yield {name: row.get(name) for name in TREND} | {
            "wave": point.title,
            "when": point.year,
            "address": f"{public}{point.address}" if point.address else None,
            **dict(zip(("change", "change_low", "change_high"), map(_percent, change), strict=True)),
            "change_in_words": point.told or None,
        }


def _lines(columns: Mapping[str, str], found: Iterable[Mapping[str, Any]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, columns)
    writer.writeheader()
    writer.writerows(found)
    return file.getvalue().encode()


def metadata(
    frozen: Frozen,
    address: str,
    publisher: str,
    name: str = "figures.csv",
    columns: Mapping[str, str] = COLUMNS,
) -> dict[str, Any]:
    """What stands beside a CSV for machines and people: CSV on the Web (W3C, 2015). name, columns: of that CSV."""
    content = frozen.content
    told = [
        {
            "name": column,
            "titles": column,
            "dc:description": words,
            "datatype": "integer" if column in NUMBERS else "string",
            "null": "",
        }
        for column, words in columns.items()
    ]
    return {
        "@context": SCHEMA,
        "url": f"{address}/{name}",
        "dc:title": content["consultation"]["title"],
        "dc:description": content["consultation"]["decides"],
        "dc:publisher": publisher,
        "dc:issued": content["made_on"],
        "dc:provenance": [*content["method"], content["claim"]],
        "notes": [
            {"question": key, "wording": one["prompt"], "answers": one["choices"]}
            for key, one in frozen.questions.items()
        ],
        "tableSchema": {"columns": told},
    }


def as_xlsx(frozen: Frozen, published_on: dt.date) -> bytes:
    """The figures as a spreadsheet, with their wording and how they were made on sheets of their own.

    It says the day of publication and no other, so that it is the same file whenever it is made.
    """
    book = Workbook()
    figures = book.active
    assert figures is not None
    figures.title = "Figures"
    figures.append([*COLUMNS])
    for row in rows(frozen):
        figures.append([row[name] for name in COLUMNS])
    figures.freeze_panes = "A2"
    asked = book.create_sheet("Questions")
    asked.append(["question", "wording", "code", "answer"])
    for key, one in frozen.questions.items():
        for code, words in one["choices"].items():
            asked.append([key, one["prompt"], code, words])
    made = book.create_sheet("How they were made")
    for sentence in (frozen.content["claim"], *frozen.content["method"]):
        made.append([sentence])
    for column, words in COLUMNS.items():
        made.append([f"{column}: {words}"])
    return _dated(book, dt.datetime.combine(published_on, dt.time()))


def _dated(book: Workbook, at: dt.datetime) -> bytes:
    """A workbook as a file that was made at a moment: openpyxl writes the present one into its properties, and the zip
    file into each of its parts.
    """
    book.properties.created = at
    written, dated = io.BytesIO(), io.BytesIO()
    book.save(written)
    book.properties.modified = at
    with ZipFile(written) as parts, ZipFile(dated, "w", ZIP_DEFLATED) as file:
        for name in parts.namelist():
            content = tostring(book.properties.to_tree()) if name == ARC_CORE else parts.read(name)
            file.writestr(ZipInfo(name, at.timetuple()[:6]), content, ZIP_DEFLATED)
    return dated.getvalue()
