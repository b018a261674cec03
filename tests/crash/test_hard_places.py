"""Disks full or read-only, fonts and materials that are gone: a clear error, nothing half-written, a way on."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

import reelwright.media
from crash.lives import ROOT
from crash.makes import MAKE, RESUME, Makes, read

pytestmark = pytest.mark.sampled(count=2, of="tests/crash/test_hard_places.py")


class Place:
    """Mounts of a process of its own, in which a home has a small or a read-only disk."""

    def __init__(self, makes: Makes) -> None:
        self._makes = makes
        own = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", "echo in && exec cat"]
        self._holder = subprocess.Popen(own, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert self._holder.stdout
        if self._holder.stdout.readline() != b"in\n":
            self._holder.communicate()
            pytest.skip("no mounts of one's own on this machine")
        to = f"--target={self._holder.pid}"
        makes.before = ("nsenter", to, "--user", "--mount", "--preserve-credentials", f"--wd={ROOT}")

    def mount(self, folder: Path, options: str) -> None:
        self._do("mkdir", "-p", str(folder))
        self._do("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))

    def change(self, folder: Path, options: str) -> None:
        self._do("mount", "-o", f"remount,{options}", str(folder))

    def files(self, folder: Path) -> list[str]:
        return self._do("find", str(folder), "-type", "f").split()

    def close(self) -> None:
        self._holder.communicate()

    def _do(self, *command: str) -> str:
        return subprocess.run([*self._makes.before, *command], check=True, capture_output=True, text=True).stdout


@pytest.fixture
def place(local: Makes) -> Iterator[Place]:
    made = Place(local)
    yield made
    made.close()


def half_written(place: Place, makes: Makes) -> list[str]:
    litter = [path for path in place.files(makes.home) if path.endswith(".part") or "/workrooms/" in path]
    return litter + [str(path) for path in makes.scratch.glob("*")]


FULL = [
    pytest.param("", "1000k", "journal.db", id="home", marks=pytest.mark.lane_crash),
    pytest.param("vault", "60k", "", id="vault"),
    pytest.param("workrooms", "60k", "", id="workrooms", marks=pytest.mark.lane_crash),
    pytest.param("films", "16k", "film_not_written", id="films", marks=pytest.mark.lane_crash),
]
"""``named``: what the error names; empty: the step that met the full disk, which is whichever was ready first."""
NAMES: Final = {"take": "take of shot", "bed": "the music"}


@pytest.mark.parametrize(("folder", "size", "named"), FULL)
def test_a_full_disk_is_named_with_its_folder_and_shot_and_once_there_is_room_it_goes_on(
    local, place, undisturbed, folder, size, named
):
    """Everything of the home lies in memory of its own; ``folder`` of it on a disk that is too small."""
    place.mount(local.home, "size=100m")
    if folder:
        place.mount(local.home / folder, f"size={size}")
    else:
        place.change(local.home, f"size={size}")
    own = {"REELWRIGHT_FILMS_FOLDER": str(local.home / folder)} if folder == "films" else {}
    code, out, err = local.wait(local.start(*MAKE, **own))
    assert code == 1 and "Traceback" not in err
    error = read(out)["error"]
    reason = error["reason"]
    assert reason["code"] in ("disk_full", "film_not_written", "store_unavailable"), error
    named = named or NAMES[reason["step"].partition("/")[0]]
    assert str(local.home / folder) in str(reason) and named in f"{err} {reason['code']}"
    assert half_written(place, local) == []
    place.change(local.home / folder, "size=100m")
    code, out, err = local.wait(local.start(*RESUME, **own))
    assert code == 0, err
    film = read(out)["film"]
    assert film["frames"] == len(undisturbed["seen"][0])
    assert half_written(place, local) == []


@pytest.mark.parametrize("begun", [True, pytest.param(False, marks=pytest.mark.lane_crash)])
def test_a_read_only_home_is_named_and_once_it_can_be_written_it_goes_on(local, place, undisturbed, begun):
    place.mount(local.home, "size=100m")
    if begun:
        assert local.live(*MAKE, REELWRIGHT_CRASH_AT="C13:2") is None
    before = place.files(local.home)
    place.change(local.home, "ro")
    code, out, err = local.wait(local.start(*MAKE))
    assert code == 1 and "Traceback" not in err
    error = read(out)["error"]
    assert str(local.home) in str(error["reason"]) and error["hint"]
    assert place.files(local.home) == before
    place.change(local.home, "rw")
    code, out, err = local.wait(local.start(*MAKE))
    assert code == 0, err
    assert read(out)["film"]["frames"] == len(undisturbed["seen"][0])


@pytest.mark.lane_crash
def test_a_limit_on_file_sizes_is_an_error_with_its_folder_and_what_was_had_is_kept(local, undisturbed):
    local.before = ("prlimit", "--fsize=700000")  # the journal fits, the film does not
    code, out, err = local.wait(local.start(*MAKE))
    assert code == 1 and "Traceback" not in err
    assert str(local.home) in str(read(out)["error"]["reason"])
    local.before = ()
    before = local.had()
    end = local.live(*RESUME)
    assert end
    local.check(end, undisturbed, before)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An installation of one's own, from which a file can be missing."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "src"


@pytest.mark.lane_crash
@pytest.mark.parametrize("how", ["missing", "broken"])
def test_a_font_that_cannot_be_read_is_named_with_the_shot_that_needed_it(local, installed, how):
    fonts = installed / Path(reelwright.media.__file__).parent.relative_to(ROOT / "src") / "fonts"
    for font in fonts.glob("*.ttf"):
        font.unlink() if how == "missing" else font.write_bytes(b"no font")
    code, out, err = local.wait(local.start(*MAKE, PYTHONPATH=str(installed)))
    assert code == 1 and "Traceback" not in err
    error = read(out)["error"]
    assert "take of shot" in error["message"] and ".ttf" in str(error["reason"])
    assert not list((local.home / "workrooms").glob("*"))
    assert local.live(*RESUME), "the font is back"


def a_picture(folder: Path) -> Path:
    from PIL import Image

    path = folder / "lamp.png"
    Image.effect_noise((640, 640), 80).convert("RGB").save(path)
    return path


@pytest.mark.parametrize("how", ["deleted", pytest.param("broken", marks=pytest.mark.lane_crash)])
def test_a_picture_of_ones_own_that_is_gone_from_the_vault_is_named_with_its_shot(local, tmp_path, how):
    longer = [{"3": "4"}.get(one, one) for one in MAKE]
    made = local.live(*longer, "--image", str(a_picture(tmp_path)))
    assert made
    _delete_or_break(local, how)
    order = ("edit", "last", "--shot", "1", "--length", "1.9", "--yes", "--json")
    code, out, err = local.wait(local.start(*order))
    assert code == 4 and "Traceback" not in err
    waiting = read(out)
    assert waiting["reason"]["code"] == ("missing_file" if how == "deleted" else "damaged_file")
    assert waiting["reason"]["params"]["name"] == "lamp.png" and "of shot 1" in waiting["message"]
    assert not list((local.home / "workrooms").glob("*"))


def _delete_or_break(local: Makes, how: str) -> None:
    """The bytes of every picture in the vault."""
    for mime, digest in local.rows("SELECT mime, digest FROM assets"):
        if mime and mime.startswith("image/"):
            path = local.home / "vault" / "local" / digest[:2] / digest
            path.chmod(0o600)
            if how == "deleted":
                path.unlink()
            else:
                path.write_bytes(os.urandom(2000))
