#!/bin/sh
# Follow the README's first block, to the letter, in a bare Debian root, as an ordinary user in an awkward home.
# Needs root and mmdebstrap. usage: tools/bare.sh [folder for the root]; the root is kept there for the next run.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
root=${1:-/var/tmp/reelwright-bare}
home="/home/zoë müller"
if [ ! -e "$root/.made" ]; then
    rm -rf "$root"
    mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,make,git,ca-certificates bookworm "$root"
    chroot "$root" useradd --no-create-home --uid 4321 --home-dir "$home" --shell /bin/bash zoe
    touch "$root/.made"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
rm -rf "$root$home"
mkdir -p "$root$home"
git clone --quiet "$top" "$root$home/reelwright"
awk '/^```/{n++; next} n==1' "$top/README.md" >"$root$home/first-block.sh"
chroot "$root" chown -R zoe "$home"
mounted=""
leave() { for at in $mounted; do umount "$root/$at"; done; }
trap leave EXIT
for at in proc dev/shm; do
    mkdir -p "$root/$at"
    case $at in
    proc) mount -t proc proc "$root/proc" ;;
    dev/shm) mount -t tmpfs tmpfs "$root/dev/shm" ;;
    esac
    mounted="$at $mounted"
done
as_user() { # a shell without anything of ours in its environment
    chroot --userspec=zoe "$root" env -i HOME="$home" USER=zoe LANG=C.UTF-8 PATH=/usr/bin:/bin PIP_CERT=/etc/ssl/certs/ca-certificates.crt \
        bash -euc "cd \"$home/reelwright\"; $1"
}
echo "== without libEGL, import skia fails:"
if chroot "$root" sh -c 'ldconfig -p | grep -q libEGL.so.1'; then echo "libEGL is there: this root is not bare" >&2; exit 1; fi
echo "== the README's first block"
as_user ". \"$home/first-block.sh\""
as_user '! .venv/bin/python -c "import skia" 2>/dev/null'
film=$(find "$root$home" -name '*.mp4' -size +10k | head -1)
[ -n "$film" ] || { echo "no film was made" >&2; exit 1; }
echo "== a film: $film"
echo "== make dev sets up the rest and starts the server"
as_user 'setsid make dev SERVE="--port 7396" >"$HOME/said" 2>&1 & began=$!; for n in $(seq 600); do if python3 -c "import urllib.request as u; u.urlopen(\"http://127.0.0.1:7396/health\")" 2>/dev/null; then answers=yes; break; fi; sleep 1; done; kill -- "-$began"; [ "${answers:-}" = yes ] || { cat "$HOME/said"; exit 1; }'
echo "== without python3-venv: one line to type, within 2 s"
mv "$root/usr/lib/python3.11/ensurepip" "$root/usr/lib/python3.11/ensurepip.away"
as_user 'rm -rf .venv; begin=$(date +%s%N); if make demo 2>said; then exit 1; fi; took=$(( ($(date +%s%N) - begin) / 1000000 )); cat said; grep -q "apt-get install -y python3" said; [ "$took" -lt 2000 ]; echo "$took ms"'
mv "$root/usr/lib/python3.11/ensurepip.away" "$root/usr/lib/python3.11/ensurepip"
echo "1 passed, 0 failed"
