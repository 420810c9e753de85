"""Fails when a file of the project names a package index or one machine's folders."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FOREIGN = re.compile(
    r"\b[\w.-]*(?:pypi|pythonhosted|npmjs|yarnpkg|(?:deb|security)\.debian)[\w-]*\.(?:org|com|net|io)\b"
    r"|--(?:extra-|default-)?index-url\b|--find-links\b|\"resolved\":"
    r"|(?<![\w.}/-])/(?:work|root)/\w"
)


def main() -> int:
    """Print every such line with its place; 1 when there are any."""
    places = [place for name in _files() for place in _places(Path(name))]
    print("\n".join(places) or "No file names a package index or one machine's folders.")
    return 1 if places else 0


def _files() -> list[str]:
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if name != "tools/no_hosts.py" and Path(name).is_file()]


def _places(file: Path) -> Iterator[str]:
    lines = file.read_text("utf8", errors="replace").splitlines()
    return (f"{file}:{n}: {line.strip()[:100]}" for n, line in enumerate(lines, 1) if FOREIGN.search(line))


if __name__ == "__main__":
    sys.exit(main())
