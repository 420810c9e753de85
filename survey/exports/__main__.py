"""Makes the files that were let go, and ends: `python -m survey.exports`. A server starts it by itself.

It knows only what it needs of the app, so that a million rows fit beside it in 300 MB.
"""

import datetime as dt
import gc
import os

from survey.db import open_engine
from survey.exports.making import make_all
from survey.settings import from_environment


def main() -> None:
    """Make what waits, and let whoever answers go first."""
    if hasattr(os, "nice"):
        os.nice(10)
    gc.disable()  # it looks for circles among millions of answers, which have none, for a fifth of the time
    settings = from_environment()
    engine = open_engine(settings.database_url)
    try:
        make_all(engine, settings.files_folder, lambda: dt.datetime.now(dt.UTC))
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
