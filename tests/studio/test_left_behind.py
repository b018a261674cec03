"""What a call that was killed leaves: swept by the next one, and never made a second time."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.engine.hands.workroom import mint_owner_mark
from reelwright.studio.runtime.atomic_file import find_abandoned_parts, open_atomically
from reelwright.studio.runtime.scratch import open_scratch_folder
from studio.conftest import BRIEF, SMALL, Home
from studio.frames import pictures


def of_the_dead() -> str:
    host, pid, born, number = mint_owner_mark().rsplit("-", 3)
    return f"{host}-{pid}-{int(born) - 1}-{number}"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_scratch_folder_of_the_dead_is_swept_by_the_next_call_and_others_stay(temporary: Path) -> None:
    dead, stranger = temporary / f"reelwright-{of_the_dead()}~x", temporary / "reelwright-notes"
    for folder in (dead, stranger):
        folder.mkdir()
        (folder / "picture.png").touch()
    with open_scratch_folder() as living, open_scratch_folder() as mine:
        assert list(temporary.iterdir()) == [stranger], "a call that brings no files needs no folder"
        assert living.get_path().is_dir() and mine.get_path().is_dir() and not dead.exists()
        assert living.get_path() == living.get_path() != mine.get_path()
    assert list(temporary.iterdir()) == [stranger]


def test_a_process_of_many_calls_looks_for_folders_of_the_dead_once_a_minute(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_scratch_folder():
        pass
    dead = temporary / f"reelwright-{of_the_dead()}~x"
    dead.mkdir()
    with open_scratch_folder():
        assert dead.exists()
    a_minute_later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: a_minute_later)
    with open_scratch_folder():
        assert not dead.exists()


def test_a_scratch_folder_of_the_dead_is_swept_by_a_call_that_needs_none(temporary: Path, home: Home) -> None:
    dead = temporary / f"reelwright-{of_the_dead()}~x"
    dead.mkdir()
    with Studio(home.settings) as studio:
        studio.resume("last")
    assert not dead.exists()


@pytest.mark.parametrize("name", ["film.mp4", "филм, финал.mp4", "a" * 251 + ".mp4", "[*]?.mp4"])
def test_a_half_written_file_of_the_dead_is_swept_when_the_file_is_written_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(KeyboardInterrupt), open_atomically(path) as part:
        dead = part.with_name(part.name.replace(part.name.rpartition("~")[2], f"{of_the_dead()}.part"))
        dead.touch()
        raise KeyboardInterrupt
    assert find_abandoned_parts(tmp_path) == [dead] == list(tmp_path.iterdir())
    with open_atomically(path) as part:
        part.write_bytes(b"whole")
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == b"whole"


def test_a_film_that_was_had_but_not_handed_over_is_handed_over_by_the_same_make(studio: Studio, home: Home) -> None:
    before = pictures(home.path / "films" / home.made.path.name)
    (home.path / "films" / home.made.path.name).unlink()
    again = studio.make(BRIEF, **SMALL)
    assert (again.project, again.job, again.new_steps, len(studio.list_projects())) == (
        home.made.project,
        home.made.job,
        0,
        1,
    )
    assert pictures(again.path) == before


def test_a_film_that_was_handed_over_is_had_by_the_same_make_and_handed_over_again(studio: Studio, home: Home) -> None:
    assert studio.make(BRIEF, **SMALL, goal="plan").project != home.made.project, "another goal is another command"
    (home.path / "films" / home.made.path.name).unlink()  # of this home: the made one is the pattern of all
    again = studio.make(BRIEF, **SMALL)
    assert again.project == home.made.project and again.new_steps == 0 and again.path.is_file()
    assert again.up_to_date_message.startswith("Up to date")


def test_a_film_that_was_edited_since_is_delivered_as_it_is_now(studio: Studio, home: Home) -> None:
    studio.edit("last", shot=1, words="Other words")
    for film in (home.path / "films").glob("*.mp4"):
        film.unlink()
    made = studio.make(BRIEF, **SMALL)
    assert made.project == home.made.project and made.shots[0].words != home.made.shots[0].words
    assert made.path.is_file() and any("edited since" in note for note in made.notes)
