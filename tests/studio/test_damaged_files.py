"""A file of the vault that rots, or that a hand removed, is noticed before anything is made of it, and never bought or
shown in silence.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import DamagedAsset, DecisionNeeded
from reelwright.providers.offline import Offline
from reelwright.reason import Action
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault
from reelwright.studio.machine.doctor import examine
from reelwright.studio.results.inventory import Check
from reelwright.studio.results.results import FilmResult
from studio.shelf import Shelf, drawn_picture

REAL_HANDS = True

BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 6}
KINDS = ("words", "still", "take", "voice", "bed", "segment", "mix", "film")
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@dataclass(frozen=True)
class Rig:
    """A home with one finished film of bought takes and a picture of one's own; nothing in it is bought again."""

    home: Path
    shelf: Shelf

    @property
    def vault(self) -> FolderVault:
        return FolderVault(self.home / "vault")

    def open(self) -> Studio:
        settings = Settings(home=self.home, hands=1)
        return Studio(settings, providers={"offline": Offline(), "shelf": self.shelf})

    def files(self) -> dict[str, Path]:
        """Every file of the vault by its digest."""
        return {path.name: path for path in self.vault.root.glob("*/[0-9a-f][0-9a-f]/*")}

    def damaged(self) -> set[str]:
        """Digests of the files that do not hold what their name says, by a fresh look."""
        return {name for name, path in self.files().items() if sha(path) != name}


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def flip_a_bit(path: Path, at: int) -> None:
    """As a disk does it: nothing but the bytes changes."""
    told = path.stat()
    body = bytearray(path.read_bytes())
    body[at % len(body)] ^= 1 << at % 8
    path.chmod(0o644)
    path.write_bytes(body)
    path.chmod(0o444)
    os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))


def remove(path: Path, at: int = 0) -> None:
    """As a hand does it, or a backup that left it out."""
    path.unlink()


HURTS = pytest.mark.parametrize(
    ("hurt", "said"), [(flip_a_bit, "in the vault is damaged"), (remove, "is missing from the vault")]
)


def finished_in(folder: Path, **asked: Any) -> Path:
    photo = folder / "my photo.png"
    photo.write_bytes(drawn_picture((720, 1280), "mine"))
    rig = Rig(folder / "home", Shelf())
    with rig.open() as studio:
        made = finish(studio, studio.make(BRIEF, images=[photo], **SMALL, **asked, **SURE))
    assert made.state == "done", made.message
    return rig.home


@pytest.fixture(scope="session")
def bought_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to by a test: use ``rig``."""
    return finished_in(tmp_path_factory.mktemp("bought"), models=["openrouter-veo-3.1-fast"])


@pytest.fixture(scope="session")
def drawn_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Never written to by a test: use ``drawn``."""
    return finished_in(tmp_path_factory.mktemp("drawn"))


@pytest.fixture
def rig(bought_home: Path, tmp_path: Path) -> Rig:
    """A film of takes that were bought."""
    shutil.copytree(bought_home, tmp_path / "home")
    return Rig(tmp_path / "home", Shelf())


@pytest.fixture
def drawn(drawn_home: Path, tmp_path: Path) -> Rig:
    """A film that was drawn here, of a picture of one's own."""
    shutil.copytree(drawn_home, tmp_path / "drawn")
    return Rig(tmp_path / "drawn", Shelf())


def finish(studio: Studio, made: FilmResult) -> FilmResult:
    """What checks find in gradients is nothing that these tests look at."""
    return studio.accept(made.project) if made.state == "waiting" and made.findings else made


def of_kind(rig: Rig, kind: str) -> list[str]:
    """Digests of what was obtained for steps of a kind, by name."""
    with closing(sqlite3.connect(rig.home / "journal.db")) as journal:
        rows = journal.execute("SELECT assets, facts FROM outcomes WHERE fingerprint LIKE ?", (f"{kind}:%",)).fetchall()
    found = {asset for assets, _ in rows for asset in json.loads(assets)}
    return sorted(found | {file for _, facts in rows for file in json.loads(facts).get("files", {}).values()})


def own(rig: Rig) -> list[str]:
    """Digests of what a person brought."""
    made = {digest for kind in KINDS for digest in of_kind(rig, kind)}
    return sorted(set(rig.files()) - made)


def film_of(rig: Rig) -> str:
    return next(d for d in of_kind(rig, "film") if rig.files()[d].stat().st_size > 10_000)


def rejoin(rig: Rig, *kinds: str, hurt: Callable[[Path, int], None] = flip_a_bit) -> None:
    """Take away what was made of the takes, so that the next command reads them again."""
    for kind in kinds:
        for digest in of_kind(rig, kind):
            hurt(rig.files()[digest], 77)


@HURTS
def test_a_damaged_film_is_joined_again_for_nothing_before_it_is_delivered(
    rig: Rig, tmp_path: Path, hurt: Callable[[Path, int], None], said: str
) -> None:
    name = film_of(rig)
    hurt(rig.files()[name], 20_001)
    with rig.open() as studio:
        made = studio.resume("last", out=tmp_path / "again.mp4")
    assert made.state == "done" and sha(made.path) == name
    assert rig.damaged() == set() and not rig.shelf.sent


@HURTS
def test_damaged_segments_and_sound_are_made_again_for_nothing(
    rig: Rig, tmp_path: Path, hurt: Callable[[Path, int], None], said: str
) -> None:
    name = film_of(rig)
    rejoin(rig, "segment", "mix", "bed", "film", hurt=hurt)
    with rig.open() as studio:
        made = studio.resume("last", out=tmp_path / "again.mp4")
    assert made.state == "done" and sha(made.path) == name
    assert rig.damaged() == set() and not rig.shelf.sent


@HURTS
def test_a_damaged_take_that_was_bought_stops_the_film_by_name_and_is_not_bought_again(
    rig: Rig, tmp_path: Path, hurt: Callable[[Path, int], None], said: str
) -> None:
    name, bad = film_of(rig), bought_takes(rig)[0]
    whole = rig.files()[bad].read_bytes()
    place = rig.files()[bad]
    rejoin(rig, "segment", "film", hurt=hurt)
    hurt(place, 4321)
    with rig.open() as studio:
        told = studio.resume("last", out=tmp_path / "again.mp4")
        assert (told.state, told.wait_reason, told.film) == ("waiting", "decision", None)
        assert re.search(rf"take of shot \d: its file {said}", told.message), told.message
        assert not (tmp_path / "again.mp4").exists() and not rig.shelf.sent
        again = studio.resume("last", **SURE)
        assert (again.state, again.wait_reason) == ("waiting", "decision") and said in again.message
        assert not rig.shelf.sent, "nothing is bought for it by itself"
        place.unlink(missing_ok=True)
        place.write_bytes(whole)
        back = studio.resume("last", out=tmp_path / "again.mp4")
        assert back.state == "done" and sha(back.path) == name and not rig.shelf.sent


def test_a_damaged_picture_of_one_s_own_is_named_and_heals_when_it_is_given_again(drawn: Rig, tmp_path: Path) -> None:
    name = film_of(drawn)
    for digest in (*of_kind(drawn, "take"), *own(drawn)):
        flip_a_bit(drawn.files()[digest], 99)
    rejoin(drawn, "segment", "film")
    photo = tmp_path / "my photo.png"
    photo.write_bytes(drawn_picture((720, 1280), "mine"))
    with drawn.open() as studio:
        told = studio.resume("last")
        assert (told.state, told.film) == ("waiting", None) and "my photo.png" in told.message
        shot = next(n for n, s in enumerate(studio.read_plan("last").plan.shots, 1) if takes_in(s, own(drawn)))
        assert told.reason and Action("give_file_again", {"project": told.project, "shot": shot}) in told.reason.actions
        studio.edit("last", shot=shot, image=photo, **SURE)
        made = studio.resume("last", out=tmp_path / "again.mp4", **SURE)
    assert made.state == "done" and sha(made.path) == name and not drawn.shelf.sent


def test_export_and_pull_hand_over_no_damaged_file(rig: Rig, tmp_path: Path) -> None:
    flip_a_bit(rig.files()[film_of(rig)], 20_001)
    with rig.open() as studio:
        with pytest.raises(DamagedAsset, match="the film"):
            studio.export("last", tmp_path / "one.zip")
        assert not (tmp_path / "one.zip").exists()
    flip_a_bit(rig.files()[own(rig)[0]], 5)
    with rig.open() as studio, pytest.raises(DamagedAsset, match=r"my photo\.png"):
        studio.pull("last", tmp_path / "pulled")
    assert not list((tmp_path / "pulled").rglob("film.yaml"))


@pytest.mark.parametrize("seed", range(12))
def test_no_film_with_a_damaged_file_in_it_is_called_done(rig: Rig, drawn: Rig, tmp_path: Path, seed: int) -> None:
    """Any files, any bit or all of it, any order of commands: the film is handed over, to the byte, or nothing."""
    rig = rig if seed % 2 else drawn
    chance = random.Random(int(os.environ.get("REELWRIGHT_SEED", "0")) * 1000 + seed)
    name, there = film_of(rig), rig.files()
    hit = chance.sample(sorted(there), chance.randint(1, len(there)))
    for digest in hit:
        chance.choice((flip_a_bit, flip_a_bit, remove))(there[digest], chance.randrange(1 << 30))
    with rig.open() as studio:
        for act in chance.choices(["resume", "export", "pull"], k=3):
            out = tmp_path / f"{chance.randrange(1 << 30)}"
            try:
                if act == "resume":
                    made = studio.resume("last", out=out.with_suffix(".mp4"), **SURE)
                    assert (made.state == "done") == (made.film is not None)
                    assert made.film is None or sha(made.path) == name
                elif act == "export":
                    with zipfile.ZipFile(studio.export("last", out.with_suffix(".zip")).path) as archive:
                        if "film.mp4" in archive.namelist():
                            assert hashlib.sha256(archive.read("film.mp4")).hexdigest() == name
                else:
                    pulled = studio.pull("last", out)
                    assert {sha(p) for p in pulled.folder.glob("materials/*")} == set(own(rig))
            except DamagedAsset as told:
                assert told.digest in hit and told.hint
    assert not rig.shelf.sent


def test_the_doctor_names_damaged_files(rig: Rig) -> None:
    def vault() -> Check:
        return next(check for check in examine(Settings(home=rig.home)).checks if check.name == "vault")

    assert vault().state == "good"
    name = bought_takes(rig)[0]
    flip_a_bit(rig.files()[name], 4321)
    assert vault().state == "bad" and "1 damaged" in vault().message and name in vault().message
    rig.files()[name].unlink()
    assert vault().state == "bad" and "1 missing" in vault().message and name in vault().message
    shutil.rmtree(rig.vault.root)
    assert vault().state == "bad" and "missing" in vault().message, "a disk that is not mounted"


def bought_takes(rig: Rig) -> list[str]:
    with closing(sqlite3.connect(rig.home / "journal.db")) as journal:
        rows = journal.execute(
            "SELECT takes.asset FROM takes JOIN purchases ON takes.purchase = purchases.id"
            " WHERE purchases.quoted_micros > 0"
        ).fetchall()
    return sorted(asset for (asset,) in rows)


def takes_in(shot: Any, assets: list[str]) -> bool:
    return any(asset in repr(shot) for asset in assets)


@pytest.mark.parametrize("command", ["clip", "takes"])
def test_resume_of_takes_whose_files_are_gone_says_so_and_buys_nothing(command: str, tmp_path: Path) -> None:
    rig = Rig(tmp_path / "home", Shelf())
    with rig.open() as studio:
        if command == "clip":
            made = studio.clip("A fox", model="openrouter-veo-3.1-fast", **SURE).project
        else:
            asked = {**SMALL, "length": 4, "models": ["openrouter-veo-3.1-fast"]}
            made = studio.make("“It never flickers.” For “Fenn”.", goal="takes", **asked, **SURE).project
        takes = {row.take for row in studio.show(made).shots if row.take}
        assert studio.resume(made).state == "done"
    for take in takes:
        rig.files()[str(take)].unlink()
    sent = len(rig.shelf.sent)
    with rig.open() as studio, pytest.raises(DecisionNeeded) as caught:
        studio.resume(made, yes=True)
    assert (caught.value.code, caught.value.exit_code) == ("missing_file", 4)
    assert caught.value.to_reason().params["digest"] in takes
    assert {"check_vault", "retake_shot"} <= {action.kind for action in caught.value.actions}
    assert len(rig.shelf.sent) == sent
