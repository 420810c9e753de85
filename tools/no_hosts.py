"""Fails when a tracked file names a package index, or a lock names anything but names, versions and hashes."""

import re
import subprocess
import sys

ADDRESS = re.compile(
    r"https?://[A-Za-z0-9.-]+/(simple|packages|pool|dists)(/|\s|$)|index-url|find-links =|\"resolved\":"
)


def main() -> int:
    """List every line that names one."""
    tracked = subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    found = [place for name in tracked if name and not name.startswith("tools/") for place in _places(name)]
    print("\n".join(found) or "No file names a package index.")
    return 1 if found else 0


def _places(name: str) -> list[str]:
    try:
        lines = open(name, encoding="utf8").read().splitlines()  # noqa: SIM115
    except (UnicodeDecodeError, FileNotFoundError):
        return []
    return [f"{name}:{number}: {line[:120]}" for number, line in enumerate(lines, 1) if ADDRESS.search(line)]


if __name__ == "__main__":
    sys.exit(main())
