"""Skia loads and draws the same without a graphics driver."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reelwright.media.base.skia_loader import REMEDY, STAND_INS, STUBS

SRC = Path(__file__).parents[2] / "src"
DRAW = """
import hashlib
from reelwright.media.base.skia_loader import load_skia
skia = load_skia()
surface = skia.Surface.MakeRasterN32Premul(64, 64)
canvas = surface.getCanvas()
canvas.clear(0xFF102030)
canvas.drawCircle(30.5, 31.25, 20, skia.Paint(AntiAlias=True, Color=0xFFFFE600))
print(hashlib.sha256(surface.makeImageSnapshot().tobytes()).hexdigest())
"""


def draw(prefix: list[str], before: str = "") -> subprocess.CompletedProcess[str]:
    script = f"{before}\nPYTHONPATH={SRC} exec {sys.executable} -c '{DRAW}'"
    return subprocess.run([*prefix, "sh", "-c", script], capture_output=True, text=True, timeout=60)


def can_hide() -> bool:
    return (
        bool(shutil.which("unshare")) and not subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode
    )


def hiding(*names: str) -> str:
    """Shell lines for a mount namespace of our own in which libraries of these names cannot be loaded."""
    found = [
        line.split("=>")[1].strip()
        for line in subprocess.run(["ldconfig", "-p"], capture_output=True, text=True).stdout.splitlines()
        if any(line.split()[0].startswith(name) for name in names)
    ]
    real = sorted({str(Path(path).resolve()) for path in found})
    return "\n".join(f"mount --bind /dev/null {path}" for path in real)


needs_namespace = pytest.mark.skipif(not can_hide(), reason="this machine allows no mount namespace")


@needs_namespace
def test_skia_draws_the_same_pixels_without_libegl_and_libgl() -> None:
    hidden = hiding("libEGL", "libGL.", "libGLX", "libGLdispatch")
    bare = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{hidden}\n{sys.executable} -c 'import skia'"], capture_output=True, text=True
    )
    if hidden:
        assert bare.returncode != 0, "the libraries were not hidden"
    with_driver, without = draw([]), draw(["unshare", "-rm"], hidden)
    assert without.returncode == 0, without.stderr
    assert without.stdout == with_driver.stdout != ""


@needs_namespace
def test_a_library_that_cannot_be_replaced_is_named_with_the_command_that_helps() -> None:
    done = draw(["unshare", "-rm"], hiding("libexpat.so"))
    assert done.returncode != 0
    assert "ToolMissing" in done.stderr
    assert "libexpat" in done.stderr
    assert "libexpat1" in REMEDY


def exported(library: Path) -> list[str]:
    listed = subprocess.run(["nm", "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return sorted(line.split()[-1] for line in listed.splitlines())


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_committed_stand_ins_are_what_their_source_builds(machine: str, tmp_path: Path) -> None:
    if not shutil.which(f"{machine}-linux-gnu-gcc") or not shutil.which("make"):
        pytest.skip(f"no C compiler for {machine}")
    subprocess.run(["make", "-s", machine, f"OUT={tmp_path}"], cwd=STUBS, check=True, capture_output=True)
    for name in STAND_INS:
        assert exported(STUBS / machine / name) == exported(tmp_path / machine / name)


def test_the_stand_ins_export_every_graphics_name_that_skia_wants() -> None:
    import importlib.util

    if not shutil.which("nm") or platform.machine() != "x86_64":
        pytest.skip("needs nm and the x86_64 wheel")
    spec = importlib.util.find_spec("skia")
    assert spec is not None and spec.origin is not None
    listed = subprocess.run(["nm", "-D", "--undefined-only", spec.origin], capture_output=True, text=True).stdout
    wanted = {line.split()[-1] for line in listed.splitlines() if line.split()[-1].startswith(("gl", "egl"))}
    assert len(wanted) > 100
    for machine in ("x86_64", "aarch64"):
        given = {name for library in STAND_INS for name in exported(STUBS / machine / library)}
        assert wanted <= given


def test_a_stand_in_is_small() -> None:
    sizes = {path: path.stat().st_size for path in STUBS.glob("*/*.so.1")}
    assert len(sizes) == 4
    assert max(sizes.values()) < 80_000, sizes
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in sizes}) == 4
