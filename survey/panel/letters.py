"""What we write to members: short letters, in every language at once, since we do not keep which one somebody reads."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from questions import Text
from questions.messages import Message, _
from survey.languages import Language
from survey.web import as_asked

BETWEEN = "\n\n\N{EM DASH}\n\n"
OFF = _("You do not want mail from us any more? This link takes you off:")

Said = Sequence[Message | str]  # sentences, and addresses of ours


@dataclass(frozen=True, slots=True)
class Desk:
    """What a letter needs of an installation: where its pages are, and the languages it writes in."""

    public_url: str
    languages: Sequence[Language]

    def of_member(self, link: str) -> str:
        """The address of a member's own page."""
        return f"{self.public_url}/panel/you/{link}"

    def off(self, link: str) -> str:
        """The address that takes a member off."""
        return f"{self.public_url}/panel/leave/{link}"


def confirm(desk: Desk, to: str, link: str) -> EmailMessage:
    """Asks whether it was they who typed the address."""
    said = (
        _(
            "Somebody typed this address on our site, so that we ask them again. Was it you? Then open this link:"
        ),
        desk.of_member(link),
        _("If it was not you, do nothing. We delete the address after 7 days."),
    )
    return _letter(desk, to, _("Please confirm your address"), said, link)


def own_page(desk: Desk, to: str, link: str) -> EmailMessage:
    """The way to a member's own page, for somebody who is in already."""
    said = (
        _("With this link you can see what you said yes to, change it, or leave:"),
        desk.of_member(link),
    )
    return _letter(desk, to, _("Your link to our panel"), said, link)


def stay(desk: Desk, to: str, link: str, until: dt.date) -> EmailMessage:
    """Asks once, after almost a year, whether they want to stay."""
    said = (
        _("You joined our panel almost a year ago. May we ask you for another year? If so, open this link:"),
        desk.of_member(link),
        _("If you do nothing, we delete your address on %(day)s. We will not ask again.", day=until),
    )
    return _letter(desk, to, _("May we go on asking you?"), said, link)


def invite(desk: Desk, to: str, link: str, asks: "Asks", ticket: str) -> EmailMessage:
    """Invites to a collection, with a link that works once."""
    said = (
        _("You said that we may ask you. We have new questions: %(title)s.", title=asks.title),
        f"{desk.public_url}/p/{ticket}",
        _("You can answer until %(day)s.", day=asks.until),
        _("The link is for you and works once. We do not know which answers are yours."),
    )
    return _letter(desk, to, _("Will you tell us what you think?"), said, link)


@dataclass(frozen=True, slots=True)
class Asks:
    """What people are invited to: what it is called, and its last day."""

    title: Text
    until: dt.date


def news(desk: Desk, to: str, link: str, told: Mapping[str, Sequence[str]]) -> EmailMessage:
    """A letter whose paragraphs staff read before it left: by language, each beginning with its subject."""
    return _written(
        desk, to, told[desk.languages[0].code][0], {code: said[1:] for code, said in told.items()}, link
    )


def _letter(desk: Desk, to: str, subject: Message, said: Said, link: str) -> EmailMessage:
    told = {
        language.code: [one if _is_link(one) else language.say(one) for one in said]
        for language in desk.languages
    }
    return _written(desk, to, desk.languages[0].say(subject), told, link)


def _written(desk: Desk, to: str, subject: str, told: Mapping[str, Sequence[str]], link: str) -> EmailMessage:
    message = EmailMessage()
    message["To"] = to
    message["Subject"] = subject
    message["List-Unsubscribe"] = f"<{desk.off(link)}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    spoken = [one for one in desk.languages if one.code in told]
    every = (
        _in(one, [*told[one.code], one.say(OFF), desk.off(link)], named=len(spoken) > 1) for one in spoken
    )
    message.set_content(BETWEEN.join(every) + "\n")
    return message


def _in(language: Language, said: Sequence[str], *, named: bool) -> str:
    """The letter in one language, under its name where there are several."""
    name = [language.name] if named else []
    return "\n\n".join([*name, *(f"{one}{as_asked(language)}" if _is_link(one) else one for one in said)])


def _is_link(said: str) -> bool:
    return said.startswith(("http://", "https://"))
