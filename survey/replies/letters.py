"""The two mails that we send: whether it was you who asked, and what changed. Plain text, nothing hidden."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from survey.heard import Change
from survey.heard.saying import headline, saying
from survey.languages import Language
from survey.web import as_asked

GENERATED = {"Auto-Submitted": "auto-generated"}  # RFC 3834: so that nobody's absence note comes back


def are_you_sure(address: str, link: str, language: Language) -> EmailMessage:
    """Asks whoever reads an address whether they want to be told."""
    say = language.gettext
    return _letter(
        address,
        say("Do you want to know what changed?"),
        [
            say(
                "Somebody typed this address at Soundings, to be told by e-mail what changed because of what young "
                "people said."
            ),
            say("If it was you, open this page and press Yes:"),
            link,
            say("If it was not you, do nothing. We write no more, and forget this address in 7 days."),
        ],
    )


def what_changed(
    address: str, changes: Sequence[Change], public: str, link: str, language: Language
) -> EmailMessage:
    """Tells what changed since the last time, grouped by consultation; with the headers that let one leave at once."""
    say, lang = language.gettext, as_asked(language)
    paragraphs = [say("This is what changed because of what young people said.")]
    of_which = None
    for change in sorted(changes, key=lambda one: (one.finding.consultation_id, one.day)):
        title = change.finding.consultation.title
        if title != of_which:
            paragraphs.append(f"* {title} *")
        of_which = title
        paragraphs += [f"{language.day(change.day)}. {headline(change, language)}", *saying(change, language)]
        if change.reply:
            paragraphs.append(f"{public}{change.address}{lang}")
    paragraphs += [
        "--",
        say("All promises: %(address)s") % {"address": f"{public}/did{lang}"},
        say("You get this because you asked for it. To get no more mail, open this page and press Stop:"),
        link,
    ]
    letter = _letter(address, say("What changed because of you"), paragraphs)
    letter["List-Unsubscribe"] = f"<{link}>"
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return letter


def _letter(address: str, subject: str, paragraphs: Sequence[str]) -> EmailMessage:
    letter = EmailMessage()
    letter["To"], letter["Subject"] = address, subject
    for name, words in GENERATED.items():
        letter[name] = words
    letter.set_content("\n\n".join(paragraphs) + "\n")
    return letter
