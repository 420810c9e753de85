"""A language that nobody speaks: every sentence accented, longer and in brackets, so that what was forgotten shows."""

import re
from pathlib import Path

from survey.languages import LOCALES, forms, read_catalogue

CODE = "qps"
ACCENTED = str.maketrans("aceinosuyACEINOSUY", "áçéíñóšúýÁÇÉÍÑÓŠÚÝ")
KEPT = re.compile(r"(%\(\w+\)s|%%|<[^>]+>|\$\{\w+\})")  # values and tags stay as they are
TEXT = re.compile(r'((?:^title|^prompt|^hint|^note|label) = )"([^"]+)"', re.M)


def accented(sentence: str) -> str:
    """A sentence as this language says it."""
    parts = KEPT.split(sentence)
    words = "".join(part if KEPT.fullmatch(part) else part.translate(ACCENTED) for part in parts)
    return f"[!! {words} {'~' * (len(sentence) // 3)} !!]"


def write_pseudo(folder: Path) -> Path:
    """The files of this language, as somebody would add them, in a folder of locales beside English."""
    for code in ("en", CODE):
        (folder / code / "LC_MESSAGES").mkdir(parents=True)
        about = f'name = "{accented(code)}"\nformats = "en_GB"\nreviewed = true\n'
        (folder / code / "language.toml").write_text(about, encoding="utf8")
    every = forms(read_catalogue(LOCALES / "young.pot"))
    said = [_entry(sentence) for (sentence, form), _ in every if not form]
    (folder / CODE / "LC_MESSAGES" / "young.po").write_text("\n".join(said), encoding="utf8")
    return folder


def _entry(sentence: str) -> str:
    if sentence.startswith("It takes about %(num)s minute"):
        plural = sentence.replace("minute.", "minutes.")
        return (
            f'msgid "{sentence}"\nmsgid_plural "{plural}"\n'
            f'msgstr[0] "{accented(sentence)}"\nmsgstr[1] "{accented(plural)}"\n'
        )
    return f'msgid "{sentence}"\nmsgstr "{accented(sentence)}"\n'


def in_languages(source: str, *codes: str) -> str:
    """A set in TOML with every text in more languages, which staff have switched on."""

    def table(words: str) -> str:
        more = "".join(f', {code} = "{accented(f"{code}: {words}")}"' for code in codes)
        return f'{{en = "{words}"{more}}}'

    source = TEXT.sub(lambda found: found[1] + table(found[2]), source)
    source = source.replace("dont_know = true", f"dont_know = {table('Not known')}")
    source = source.replace("prefer_not_to_say = true", f"prefer_not_to_say = {table('Rather not')}")
    return source.replace('language = "en"', f'language = "en"\noffered_unreviewed = {list(codes)}')
