"""What was heard, what was said to it and what became of it, as everybody reads it; beneath the activities."""

from survey.heard.changes import Change, Happened, changes, latest_changes
from survey.heard.evidence import Figure, Rests, figures, notes, rests
from survey.heard.findings import ToldFinding, ToldReply, findings_of, made_up, told, told_reply
from survey.heard.offer import Offer
from survey.heard.register import State, commitments, days_late, state

__all__ = [
    "Change",
    "Figure",
    "Happened",
    "Offer",
    "Rests",
    "State",
    "ToldFinding",
    "ToldReply",
    "changes",
    "commitments",
    "days_late",
    "figures",
    "findings_of",
    "latest_changes",
    "made_up",
    "notes",
    "rests",
    "state",
    "told",
    "told_reply",
]
