"""What may be said of a figure at all, which the design of its collection decides."""

from questions import Message
from questions.messages import _
from survey.measuring.figures import Figures
from survey.models import Design
from survey.wording import number

ERRORS = _(
    "The standard error is as R’s survey package gives it (linearised). The interval rests on the effective n instead, "
    "which allows for few and unlike settings, so it may be wider than the standard error makes it. The design effect "
    "goes with the standard error and, where settings are few, with the effective n."
)


def claim(found: Figures) -> str:
    """Whom the figures speak for, and what their interval allows for or assumes."""
    if found.asked.collection.design == Design.PANEL:
        return _(
            "People asked to be in this panel, so the figures speak only for those of them who answered. The "
            "%(interval)s assumes that they are like those of the panel who did not.",
            interval=found.whole.interval_name,
        )
    if counts_alone(found):
        return _(
            "Anyone with the link could answer, so the figures speak only for those who did. The %(interval)s assumes "
            "that they are like those who did not, which nobody can check: it says how far chance alone would reach.",
            interval=found.whole.interval_name,
        )
    return found.whole.footer


def counts_alone(found: Figures) -> bool:
    """Whether people chose themselves, so that what is said is how many of them gave an answer."""
    return found.weighted.design.kind == "open"


def counted(found: Figures) -> Message | None:
    """So many of so many people, where that is what may be said and it is shown; every answer counts the same there."""
    (whole,) = found.whole.rows()
    if not counts_alone(found) or whole["estimate"] is None:
        return None
    gave = number(round(whole["estimate"] * whole["n"]))
    return _("%(gave)s of the %(all)s people who answered", gave=gave, all=number(whole["n"]))
