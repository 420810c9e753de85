"""Letters about meetings and about what changed: once each, to whoever said yes to it, with no way to an answer."""

import datetime as dt
import threading

from sqlmodel import col, select

from survey.panel import letters
from survey.panel.crowd import post, reached
from survey.panel.store import Store
from survey.panel.tables import AGAIN, News, Progress, groups_told
from survey.web import Installation


def send_next(store: Store, here: Installation, stopping: threading.Event) -> Progress | None:
    """Send the letter that waits longest; what became of it, None where none waits.

    Where none of it left it waits on. What could not be sent to some is not sent again: nobody keeps to whom it was.
    """
    claimed = _claim(store, here.today())
    if claimed is None:
        return None
    key, told, crowd = claimed
    failed, why = post(here, crowd, lambda desk, one: letters.news(desk, *one, told), stopping)
    none_left = bool(crowd) and len(failed) == len(crowd)
    with store.changing() as panel:
        found = panel.get_one(News, key)
        if none_left:
            found.progress, found.trouble = Progress.WAITING, why
        else:
            found.progress, found.trouble = Progress.DONE, ""
            found.sent, found.failed = len(crowd) - len(failed), len(failed)
        return found.progress


def _claim(store: Store, today: dt.date) -> tuple[str, dict[str, list[str]], list[tuple[str, str]]] | None:
    """A letter that is ours to send from now on, with the address and the link of each whom it is for."""
    with store.changing() as panel:
        waiting = select(News).where(col(News.progress) == Progress.WAITING)
        oldest = waiting.order_by(col(News.asked_on), col(News.key)).with_for_update()
        found = panel.exec(oldest).first()
        if found is None:
            return None
        found.progress = Progress.BEGUN
        before = [
            one
            for one in panel.exec(select(News)).all()
            if one.progress is not Progress.WAITING and one is not found
        ]
        but = groups_told(before, found.key.partition(AGAIN)[0])
        members = reached(panel, found.groups, today, found.purpose, but)
        seals = store.seals
        return found.key, found.told, [(seals.opened(one.contact), seals.link(one.id)) for one in members]
