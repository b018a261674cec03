"""Where a film lands, and what is made of it beside: its sheet, its poster, its preview, and the player."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from cli.conftest import Run

SMALL = ("--short-side", "180")
BRIEF = '# Kestrel\n\n"Be seen."\n\nOrder at kestrel.example\n'


@pytest.fixture
def made(reelwright: Run, tmp_path: Path) -> Path:
    """The folder in which a small film of a script lies."""
    (tmp_path / "s.md").write_text(BRIEF)
    ran = reelwright("make", str(tmp_path / "s.md"), "--length", "4", *SMALL)
    assert ran.code == 0, ran.err
    assert "to play it: reelwright open" in ran.out
    return tmp_path


def test_a_sheet_a_poster_and_a_preview_are_drawn_of_a_film(made: Path, reelwright: Run) -> None:
    shots = len(reelwright("show", "last", "--json").json["shots"])
    sheet = reelwright("sheet", "last", "-o", str(made), "--json").json["files"]
    with Image.open(sheet[0]) as picture:
        assert picture.format == "JPEG" and picture.width == 1200
    both = reelwright("sheet", "--poster", "--preview", "-o", str(made), "--json").json["files"]
    assert [Path(file).suffix for file in both] == [".jpg", ".webp"]
    with Image.open(both[0]) as poster, Image.open(both[1]) as preview:
        assert poster.size == (320, 180)
        frames = [io.BytesIO(preview.seek(n) or preview.convert("L").tobytes()).getvalue() for n in (0, 12)]
        assert frames[0] != frames[1] and shots * 8 <= preview.n_frames <= 80  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("options", "accepted"),
    [(("-o", "sheet.png"), ".jpg"), (("--poster", "--preview", "-o", "both.jpg"), "two pictures")],
)
def test_a_name_that_does_not_fit_the_picture_is_refused(
    reelwright: Run, options: tuple[str, ...], accepted: str
) -> None:
    ran = reelwright("sheet", "last", *options)
    assert ran.code == 2 and accepted in ran.err


def test_a_film_is_played_by_the_machines_player(made: Path, reelwright: Run, tmp_path: Path) -> None:
    player = tmp_path / "bin" / "xdg-open"
    player.parent.mkdir()
    player.write_text(f'#!/bin/sh\nprintf %s "$1" > {tmp_path}/played\n')
    player.chmod(0o700)
    ran = reelwright("open", "last", "--json", PATH=f"{player.parent}:/usr/bin:/bin")
    assert ran.code == 0 and ran.json["is_opened"], ran.err
    assert (tmp_path / "played").read_text() == ran.json["file"]
    without = reelwright("open", PATH=str(tmp_path))
    assert without.code == 1 and "no program" in without.out
    Path(ran.json["file"]).unlink()
    assert reelwright("open", PATH=f"{player.parent}:/usr/bin:/bin").code == 0
    assert Path(ran.json["file"]).is_file(), "it is delivered again"


def test_a_film_lands_where_one_stands_and_later_changes_land_there_too(env: dict[str, str], tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    here.mkdir()
    elsewhere.mkdir()
    del env["REELWRIGHT_FILMS_FOLDER"]
    (tmp_path / "s.md").write_text(BRIEF)
    program = [sys.executable, "-m", "reelwright.cli"]
    for folder, verb in (
        (here, ("make", str(tmp_path / "s.md"), "--length", "4", *SMALL)),
        (elsewhere, ("edit", "last", "--shot", "1", "--words", "Be heard.")),
    ):
        subprocess.run([*program, *verb], env=env, cwd=folder, check=True, capture_output=True)
    assert [film.stem[:7] for film in here.glob("*.mp4")] == ["kestrel"]
    assert not list(elsewhere.iterdir()) and not list(Path(env["REELWRIGHT_HOME"]).glob("films/*"))


def test_a_film_whose_folder_is_gone_is_delivered_into_the_folder_again(
    reelwright: Run, made: Path, tmp_path: Path
) -> None:
    (folder := tmp_path / "promo").mkdir()
    told = {"REELWRIGHT_FILMS_FOLDER": str(folder)}
    (tmp_path / "t.md").write_text(BRIEF.replace("Kestrel", "Merlin"))
    first = Path(
        reelwright("make", str(tmp_path / "t.md"), "--length", "4", *SMALL, "--json", **told).json["film"]["path"]
    )
    shutil.rmtree(folder)
    assert reelwright("edit", "last", "--shot", "1", "--words", "Be heard.", **told).code == 0
    assert first.is_file() and first.parent == folder
    assert reelwright("show", "last", REELWRIGHT_FILMS_FOLDER="Films").code == 2, "a relative folder is refused"


def test_rows_of_a_batch_land_where_films_do(reelwright: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.txt").write_text("2-second bumper for VoltCup, a self-heating mug.\n")
    ran = reelwright("batch", str(tmp_path / "rows.txt"), "--json")
    assert ran.code == 0, ran.err
    assert [film.suffix for film in tmp_path.glob("2-second-bumper*.mp4")] == [".mp4"]


def test_a_rehearsed_film_stays_in_the_rehearsal(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "s.md").write_text(BRIEF)
    make = ("make", str(tmp_path / "s.md"), "--length", "4", *SMALL, "--rehearse", "--rehearse-speed", "1000")
    ran = subprocess.run(
        [sys.executable, "-m", "reelwright.cli", *make], env=env, cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    assert "rehearsal" in ran.stdout.decode() and not list(tmp_path.glob("*.mp4"))
    assert list(Path(env["REELWRIGHT_HOME"]).glob("rehearsal/films/*.mp4"))
