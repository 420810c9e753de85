#!/bin/sh
# Writes both locks: names, versions and hashes, and no index. Pins that still hold are kept; `--upgrade` takes the newest.
set -e
cd "$(dirname "$0")/.."
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install -q uv
compile() {
    .venv/bin/uv --no-config pip compile pyproject.toml --extra build --extra exports --universal --python-version 3.11 \
        --generate-hashes --no-header --no-annotate --quiet "$@"
}
compile -o requirements.lock "$@"
compile --extra dev -c requirements.lock -o requirements-dev.lock "$@"
