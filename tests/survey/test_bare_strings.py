"""The check of `make check` that no template says a word that cannot be translated."""

import pytest

from tools.bare_strings import bare_strings


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Next') }}</p>",
        "<title>{{ title }} – Soundings</title>",
        '<label class="choice{% if wide %} apart{% endif %}">{{ label }}</label>',
        "<style>body{color:red}</style><script>go()</script>",
        '<p id="{{ key }}-hint">{% if count %}{{ ngettext("%(num)s day", "%(num)s days", count) }}{% endif %}</p>',
        '{{ "%.1f"|format(value) }} {{ state|replace(" ", "-") }} {% if mark == "must mend" %}{% endif %}',
    ],
)
def test_what_is_marked_or_is_no_word_is_fine(source: str) -> None:
    assert bare_strings(source) == []


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Next</p>", "Next"),
        ("{% if a %}\n<b>{{ x }} of {{ y }}</b>{% endif %}", " of "),
        ('<img alt="A map" src="/map">', "A map"),
        ('<nav aria-label="Staff">', "Staff"),
        ('<input placeholder="your name">', "your name"),
        ('<meta name="description" content="Ask them">', "Ask them"),
        ('{{ "Please check" if wrong }}', "Please check"),
        ('{{ title|default("Type your code") }}', "Type your code"),
        ('{{ _("Hello %(name)s", name=name|default("my friend")) }}', "my friend"),
    ],
)
def test_what_nobody_could_translate_is_found(source: str, words: str) -> None:
    ((_line, found),) = bare_strings(source)
    assert words.strip() in found


def test_its_line_is_told() -> None:
    assert bare_strings("<p>\n{{ x }}\n</p>\n<p>Next</p>") == [(4, "Next")]
