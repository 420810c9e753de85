"""Accounts of staff: links of invitation, passkeys, passwords with figures, browsers that are signed in, the audit."""

from survey.accounts.audit import audit, audit_as_csv
from survey.accounts.invitations import invitation, invite, sign_in_by_link
from survey.accounts.people import change_person, invite_person, people
from survey.accounts.sessions import sign_out
from survey.accounts.signing_in import ask_passkey, confirm, confirm_page, sign_in, sign_in_page
from survey.accounts.you import ask_new_passkey, change_yourself, you

__all__ = [
    "ask_new_passkey",
    "ask_passkey",
    "audit",
    "audit_as_csv",
    "change_person",
    "change_yourself",
    "confirm",
    "confirm_page",
    "invitation",
    "invite",
    "invite_person",
    "people",
    "sign_in",
    "sign_in_by_link",
    "sign_in_page",
    "sign_out",
    "you",
]
