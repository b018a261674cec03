#!/bin/sh
# Make sure that Debian packages are there: install them when we may, else print the one line to type and stop.
# usage: tools/debian.sh <why> <test command> -- package…
set -eu
why=$1; probe=$2; shift 3
if sh -c "$probe" >/dev/null 2>&1; then exit 0; fi
if ! command -v apt-get >/dev/null 2>&1; then
    echo "reelwright: $why is missing. Install it with your system's package manager ($*)." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    run=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    run="sudo -n"
else
    echo "reelwright: $why is missing. Type this, then run make again:" >&2
    echo "    sudo apt-get install -y $*" >&2
    exit 1
fi
echo "reelwright: installing $why ($*)"
$run apt-get update -qq
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends "$@" >/dev/null
sh -c "$probe" >/dev/null 2>&1 || { echo "reelwright: $why is still missing after installing $*" >&2; exit 1; }
