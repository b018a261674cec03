#!/bin/sh
# Run the demo and some tests on newer Pythons, each in an environment of its own from the lock.
# usage: tools/pythons.sh [version ...]
set -eu
[ $# -gt 0 ] || set -- 3.12 3.13
for version; do
    at=".venv/pythons/$version"
    # uv stops at a shim of pyenv that leads nowhere, so a Python of pyenv is named by its place
    place=$(ls -d "$HOME/.pyenv/versions/$version".*/bin/python 2>/dev/null | tail -1)
    [ -x "$at/bin/python" ] || .venv/bin/uv venv --quiet --python "${place:-$version}" "$at"
    install=".venv/bin/uv pip install --quiet --python $at/bin/python --no-deps"
    $install --require-hashes -r requirements-dev.lock.txt
    $install --no-build-isolation --editable .
    echo "== Python $version"
    "$at/bin/python" -m pytest -q -p no:cacheprovider -n 2 -m "not timed and not lane_crash and not lane_local" \
        tests/catalogue tests/client tests/systems/test_s4.py tests/store/test_migrations.py
    program="$PWD/$at/bin/reelwright" folder=$(mktemp -d)
    (cd "$folder" && REELWRIGHT_HOME="$folder/home" "$program" demo 2>/dev/null)
    rm -rf "$folder"
done
