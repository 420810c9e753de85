"""`make bench`: what things cost on this machine, each beside something run in the same minute."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from tests.bench import (
    answering,
    audits,
    board,
    coverage,
    designer,
    disclosure,
    estimates,
    exports,
    kept,
    phone,
    published,
    room,
)


def main() -> None:
    """Run every bench and print one table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=600, help="responses to complete in each run")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument(
        "--waves", type=int, default=200, help="simulated waves, for the coverage of intervals"
    )
    parser.add_argument(
        "--long", action="store_true", help="1,000 waves at least, and a file of 1,000,000 rows"
    )
    chosen = parser.parse_args()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load before: {load}\n")
    with tempfile.TemporaryDirectory() as folder:
        answering.run(Path(folder), chosen.clients, chosen.responses)
        phone.run(Path(folder))
        room.run(Path(folder))
        designer.run(Path(folder))
        kept.run(Path(folder), 1_000_000 if chosen.long else 100_000)
        board.run(Path(folder), 1_000_000 if chosen.long else 100_000, os.environ.get("TEST_DATABASE_URL"))
        exports.run(Path(folder), 1_000_000 if chosen.long else 100_000)
    audits.run()
    estimates.run()
    disclosure.run()
    coverage.run(max(chosen.waves, 1000) if chosen.long else chosen.waves)
    published.run(max(chosen.waves, 1000) if chosen.long else chosen.waves // 10)


if __name__ == "__main__":
    main()
