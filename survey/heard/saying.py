"""A change in plain words, in a language: what the feed and the mail say of it."""

from __future__ import annotations

from questions.messages import Message, _
from survey.heard.changes import Change, Happened
from survey.heard.findings import made_up
from survey.languages import Language
from survey.models import Answer, Correction, Finding, Reply, Update

HEADLINES = {
    Happened.FOUND: _("What we heard"),
    Happened.REPLIED: _("A reply to what we heard"),
    Happened.UPDATED: _("News of a promise"),
    Happened.DONE: _("A promise was kept"),
    Happened.CORRECTED: _("Something was corrected"),
}
ANSWERS = {
    Answer.YES: _("Yes"),
    Answer.PARTLY: _("Partly"),
    Answer.NO: _("No"),
    Answer.ALREADY: _("It is there already"),
}
PRACTICE = _("Practice: this is made up.")


def headline(change: Change, language: Language) -> str:
    """What happened, in one line: news of a promise says which promise."""
    about = in_language(change.told.reply, "promise", language) if isinstance(change.told, Update) else ""
    about = about or in_language(change.finding, "sentence", language)
    return f"{language.say(HEADLINES[change.happened])}: {about}"


def saying(change: Change, language: Language) -> list[str]:
    """What happened, in some paragraphs: what is new first, and then what it is about."""
    told = change.told
    said = [language.say(PRACTICE)] if made_up(change.finding) else []
    if isinstance(told, Reply):
        said += reply_said(told, language)
    elif isinstance(told, Update):
        said.append(told.words)
    elif isinstance(told, Correction):
        said.append(language.say(_("Why it was corrected: %(why)s", why=told.why)))
    said.append(_heard(change.finding, language))
    return [one for one in said if one]


def _heard(finding: Finding, language: Language) -> str:
    return language.say(_("We heard: %(heard)s", heard=in_language(finding, "sentence", language)))


def reply_said(reply: Reply, language: Language) -> list[str]:
    """A reply in some paragraphs."""
    because = in_language(reply, "because", language)
    said: list[str | Message] = [ANSWERS[reply.answer]]
    if reply.promise:
        said.append(_("What will be done: %(promise)s", promise=in_language(reply, "promise", language)))
    said.append(_("Because: %(because)s", because=because))
    if reply.due:
        said.append(_("%(owner)s, by %(day)s", owner=reply.owner, day=reply.due))
    else:
        said.append(reply.owner)
    return [language.say(one) for one in said]


def in_language(told: Finding | Reply, part: str, language: Language) -> str:
    """A part of a finding or a reply in a language; in English where it is not translated."""
    return told.translations.get(language.code, {}).get(part) or str(getattr(told, part))
