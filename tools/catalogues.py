"""Takes the sentences out of the code into the catalogues: `catalogues.py` writes them, `--check` only compares.

There are two domains. `young` is what a young person or the public may read: every language has all of it.
`staff` is the rest: it is in English, and a language may have as much of it as somebody has translated.
"""

import io
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from analysis.wording import CLAIMS, footer, interval_name

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "survey" / "locales"
PUBLIC_REPLIES = ("feed", "letters", "pages", "subscribing", "verdicts")
YOUNG = (
    *(
        "questions/validation.py",
        "survey/answering/*.py",
        "survey/web/*.py",
        "survey/templates/answering/*.html",
        "survey/set_on_paper.py",
        "survey/templates/designer/paper.html",
        "survey/templates/set_on_paper.html",
        "survey/templates/tallied.html",
        *(f"survey/templates/fieldwork/{name}.html" for name in ("cards", "posters")),
        *(f"survey/offline/{name}.py" for name in ("printing", "public")),
        *(f"survey/templates/offline/{name}.html" for name in ("counted", "guide", "tally_sheet", "to_read")),
        "analysis/charts/*.py",
        "survey/rooms/phones.py",
        "survey/rooms/presenting.py",
        "survey/measuring/changes.py",
        "survey/measuring/lineage.py",
        "survey/measuring/spoken.py",
        *(f"survey/publications/{name}.py" for name in ("pages", "pictures", "trend")),
        "survey/heard/saying.py",
        *(f"survey/replies/{name}.py" for name in PUBLIC_REPLIES),
        *(
            f"survey/panel/{name}.py"
            for name in ("joining", "letters", "membership", "pulse", "store", "telling")
        ),
    ),
    *(
        f"survey/templates/publications/{name}.html"
        for name in ("body", "borough", "list", "paper", "parts", "results", "trend")
    ),
    *(
        f"survey/templates/rooms/{name}.html"
        for name in ("door", "join", "paper", "projector", "question", "result", "results", "strip")
    ),
    *(
        f"survey/templates/replies/{name}.html"
        for name in ("did", "commitment", "finding", "group", "heard", "mail", "mail_link", "paper", "parts")
    ),
    *(
        f"survey/templates/{name}.html"
        for name in ("paper", "problem", "help_lines", "help_line_parts", "quote_parts")
    ),
    "survey/statements/cards.py",
    *(f"survey/templates/statements/{name}.html" for name in ("about", "card", "paper", "results", "start")),
    *(f"survey/consultations/{name}.py" for name in ("told", "timeline", "formats")),
    *(
        f"survey/templates/consultations/{name}.html"
        for name in ("every", "formats", "home", "parts", "staying_safe", "told", "what_we_keep")
    ),
    "survey/safeguarding/contact.py",
    *(f"survey/templates/safeguarding/{name}.html" for name in ("contact", "contact_sent")),
    *(
        f"survey/templates/panel/{name}.html"
        for name in (
            "age",
            "ask_again",
            "gone",
            "join",
            "leave",
            "paper",
            "parts",
            "pulse",
            "sent",
            "under_16",
            "you",
        )
    ),
)
# What stands under every published table: put together by a package that knows of no languages
CLAIMED = [said(kind, 0.95) for said in (footer, interval_name) for kind in CLAIMS]
KEYWORDS = {"_": None, "say": None, "ngettext": (1, 2)}
OPTIONS = {"newstyle_gettext": "true", "silent": "false"}
VALUE = re.compile(r"%\(\w+\)s|</?\w+[^>]*>")


def files(domain: str) -> list[Path]:
    """Where a domain's sentences stand."""
    young = {path for pattern in YOUNG for path in ROOT.glob(pattern)}
    everything = {*(ROOT / "survey").rglob("*.py"), *(ROOT / "survey" / "templates").rglob("*.html")}
    return sorted(young if domain == "young" else everything - young)


def extracted(domain: str) -> Catalog:
    """The template of a domain: every sentence that the code says, and which file says it."""
    catalogue = Catalog(project="Soundings", fuzzy=False)
    for path in files(domain):
        method = "python" if path.suffix == ".py" else "jinja2"
        said = extract_from_file(method, path, keywords=KEYWORDS, options=OPTIONS)
        for line, sentence, comments, context in said:
            place = (path.relative_to(ROOT).as_posix(), line)
            catalogue.add(sentence, None, [place], auto_comments=comments, context=context)
    for sentence in CLAIMED if domain == "young" else ():
        catalogue.add(sentence, None, [("analysis/wording.py", 1)])
    return catalogue


def updated(old: Catalog, template: Catalog) -> Catalog:
    """A language's catalogue with the sentences that there are now: old words are kept, new ones are empty."""
    new = Catalog(locale=old.locale_identifier, project="Soundings", fuzzy=False)
    for sentence in template:
        if sentence.id:
            words = getattr(old.get(sentence.id, sentence.context), "string", "")
            new.add(sentence.id, words, sentence.locations, sentence.flags, context=sentence.context)
    return new


def written(catalogue: Catalog) -> str:
    """A catalogue as a file: nothing in it changes unless a sentence does."""
    file = io.BytesIO()
    write_po(file, catalogue, width=110, omit_header=True, include_lineno=False, sort_output=True)
    lines = ["Content-Type: text/plain; charset=utf-8"]
    if catalogue.locale:
        lines += [f"Language: {catalogue.locale}", f"Plural-Forms: {catalogue.plural_forms}"]
    head = "".join(f'"{line}\\n"\n' for line in lines)
    return f'msgid ""\nmsgstr ""\n{head}\n{file.getvalue().decode()}'


def wanted() -> Iterator[tuple[Path, str]]:
    """Every catalogue file, and what should stand in it."""
    for domain in ("young", "staff"):
        template = extracted(domain)
        yield LOCALES / f"{domain}.pot", written(template)
        for folder in sorted(path.parent for path in LOCALES.glob("*/language.toml")):
            path = folder / "LC_MESSAGES" / f"{domain}.po"
            if domain == "young" or path.exists():
                yield path, written(updated(_read(path), template))


def _read(path: Path) -> Catalog:
    """A language's catalogue, or an empty one; its plurals are those of the locale that it takes its formats from."""
    about = tomllib.loads((path.parent.parent / "language.toml").read_text("utf8"))
    if not path.exists():
        return Catalog(locale=about["formats"])
    with path.open("rb") as file:
        return read_po(file, locale=about["formats"])


def faults(path: Path) -> Iterator[str]:
    """What is wrong with the words of a language: none at all, or ones that lose a value or a tag."""
    language = path.parent.parent.name
    for sentence in _read(path):
        if not sentence.id or language == "en":
            continue
        for words in _words(sentence):
            if not words and path.stem == "young":
                yield f"“{_shown(sentence)}” has no words."
            elif words and not _same(sentence, words):
                yield f"“{_shown(sentence)}” has other values or tags than its words “{words}”."


def _words(sentence: Message) -> tuple[str, ...]:
    return (sentence.string,) if isinstance(sentence.string, str) else tuple(sentence.string or ())


def _shown(sentence: Message) -> str:
    return sentence.id if isinstance(sentence.id, str) else sentence.id[0]


def _same(sentence: Message, words: str) -> bool:
    """Whether words keep the values and tags; one form of a plural may leave its number out."""
    kept, known = set(VALUE.findall(words)), set(VALUE.findall(_shown(sentence)))
    return '"' not in words and (kept <= known if isinstance(sentence.id, tuple) else kept == known)


def check() -> list[str]:
    """Every catalogue that is stale, and every sentence that a language lacks."""
    found = []
    for path, text in wanted():
        place = path.relative_to(ROOT).as_posix()
        if not path.exists() or path.read_text("utf8") != text:
            found.append(f"{place} is stale: run `make catalogues` and translate what is new.")
        elif path.suffix == ".po":
            found += [f"{place}: {fault}" for fault in faults(path)]
    return found


def main(arguments: list[str]) -> int:
    """Write the catalogues, or with `--check` say what is wrong with them."""
    if arguments != ["--check"]:
        for path, text in wanted():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf8")
        return 0
    found = check()
    print("\n".join(found) or "Every catalogue has every sentence.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
