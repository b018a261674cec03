#!/bin/sh
# Set up .venv from a lock. usage: tools/setup.sh <lock file> <stamp file>
# No step needs anything but Python 3.11+ with venv, and the package index that pip is set up for.
set -eu
lock=$1; stamp=$2
python=${PYTHON:-}
if [ -z "$python" ]; then
    for name in python3 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            python=$name
            break
        fi
    done
fi
[ -n "$python" ] || { echo "reelwright: Python 3.11 or newer is needed." >&2; exit 1; }
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
sh tools/debian.sh "Python's venv module" "$python -c 'import ensurepip, venv'" -- "python$version-venv"
if [ ! -x .venv/bin/python ] || ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "reelwright: installing from $lock"
# The lock is complete, so pip resolves nothing (--no-deps). Resolving fails on the day that a package wanted with an
# extra is released anew: pip tries the new release, finds no hash of it and stops (google-auth[requests], 2026-11-24).
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
.venv/bin/python -m pip check --quiet --disable-pip-version-check >/dev/null || .venv/bin/python -m pip check
touch "$stamp"
