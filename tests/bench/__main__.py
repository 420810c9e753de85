"""`make bench`: what things cost on this machine, each beside something run in the same minute."""

import argparse
import os
import platform
import tempfile
from pathlib import Path

from tests.bench import answering, estimates


def main() -> None:
    """Run every bench and print one table each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--responses", type=int, default=600, help="responses to complete in each run")
    parser.add_argument("--clients", type=int, default=16)
    chosen = parser.parse_args()
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load before: {load}\n")
    with tempfile.TemporaryDirectory() as folder:
        answering.run(Path(folder), chosen.clients, chosen.responses)
    estimates.run()


if __name__ == "__main__":
    main()
