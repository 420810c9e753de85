#!/bin/sh
# Writes both locks anew: by name, version and hash, naming no index. Needs uv.
set -e
cd "$(dirname "$0")/.."
common="--universal --python-version 3.11 --generate-hashes --no-header --no-annotate"
uv pip compile pyproject.toml --extra build $common -q -o requirements.lock
uv pip compile pyproject.toml --extra build --extra dev $common -q -c requirements.lock -o requirements-dev.lock
