"""A project as files and back; an archive that says nothing of this machine; room given back."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
import yaml

from reelwright import Studio
from reelwright.errors import BadInput, StaleRevision
from reelwright.media.base import ffmpeg
from reelwright.settings import Settings
from reelwright.store.schema.schema import HEAD
from reelwright.studio.accounts import retention
from reelwright.studio.machine.doctor import examine
from studio.conftest import BRIEF, SMALL, Home
from studio.frames import pictures
from studio.test_materials import clip


def test_what_was_pulled_and_not_touched_changes_nothing(studio: Studio, home: Home, tmp_path: Path) -> None:
    pulled = studio.pull("last", tmp_path / "film")
    quoted = studio.quote_apply(pulled.folder)
    assert (quoted.wanted_steps, quoted.to_json()["usd"]) == ((), "0.00")
    made = studio.apply(pulled.folder)
    assert made.new_steps == 0 and studio.show("last").revision == 1
    assert yaml.safe_load(pulled.film.read_text())["project"] == home.made.project


def test_hand_edits_of_words_and_lengths_are_matched_again_and_priced_first(studio: Studio, tmp_path: Path) -> None:
    pulled = studio.pull("last", tmp_path / "film")
    first, second = studio.show("last").shots
    text = pulled.film.read_text()
    pulled.film.write_text(text.replace(f"line: {first.words['line']}", "line: By hand"))
    quoted = studio.quote_apply(pulled.folder)
    assert set(quoted.wanted_steps) == {f"take/{first.id}", f"segment/{first.id}", "film/film"}
    assert studio.show("last").revision == 1
    made = studio.apply(pulled.folder)
    assert made.shots[0].words["line"] == "By hand"
    document = yaml.safe_load(pulled.film.read_text())
    assert document["revision"] == 2, "the file says what it has become"
    document["plan"]["beats"][1]["shots"][0]["length"] = 3.5
    pulled.film.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True))
    longer = studio.apply(pulled.film)
    assert longer.shots[1].duration_s == 3.5 and longer.film
    assert longer.film.duration_s == pytest.approx(longer.shots[0].duration_s + 3.5, abs=0.002)
    assert second.id == longer.shots[1].id


def test_a_file_of_an_older_revision_is_not_laid_over_a_newer_one(studio: Studio, tmp_path: Path) -> None:
    pulled = studio.pull("last", tmp_path / "film")
    studio.edit("last", shot=1, words="Newer")
    with pytest.raises(StaleRevision):
        studio.apply(pulled.folder)
    assert studio.show("last").shots[0].words["line"] == "Newer"


def test_a_film_file_makes_the_same_film_in_another_home(studio: Studio, home: Home, tmp_path: Path) -> None:
    pulled = studio.pull("last", tmp_path / "film")
    with Studio(Settings(home=tmp_path / "other", hands=1)) as elsewhere:
        made = elsewhere.apply(pulled.folder)
        assert elsewhere.apply(pulled.folder).new_steps == 0, "it names its new project now"
    assert pictures(made.path) == pictures(home.path / "films" / home.made.film.path.name)  # type: ignore[union-attr]


def test_a_clip_that_an_edit_brought_is_a_clip_in_another_home_too(studio: Studio, tmp_path: Path) -> None:
    studio.edit("last", shot=1, clip=clip(tmp_path / "boat.mp4", "testsrc2="))
    pulled = studio.pull("last", tmp_path / "film")
    assert [name for name in pulled.files if name.startswith("materials/") and name.endswith(".mp4")]
    with Studio(Settings(home=tmp_path / "other", hands=1)) as elsewhere:
        assert elsewhere.apply(pulled.folder).state == "done"
        assert elsewhere.pull("last", tmp_path / "again").files == pulled.files


def test_the_brief_is_never_rewritten(studio: Studio, tmp_path: Path) -> None:
    pulled = studio.pull("last", tmp_path / "film")
    pulled.film.write_text(pulled.film.read_text().replace("It never flickers", "It always flickers"))
    with pytest.raises(BadInput, match="never rewritten"):
        studio.apply(pulled.folder)


def test_pull_does_not_write_over_another_film(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "film").mkdir()
    pulled = studio.pull("last", tmp_path / "film")
    assert studio.pull("last", tmp_path / "film").revision == pulled.revision
    text = pulled.film.read_text()
    pulled.film.write_text(re.sub(r"(?m)^project: .*$", "project: project_other", text))
    with pytest.raises(BadInput):
        studio.pull("last", tmp_path / "film")
    (tmp_path / "plain").write_text("x")
    with pytest.raises(BadInput):
        studio.pull("last", tmp_path / "plain")


def test_an_archive_holds_all_and_names_no_path_of_this_machine(studio: Studio, home: Home, tmp_path: Path) -> None:
    exported = studio.export("last", tmp_path / "fenn.zip")
    with zipfile.ZipFile(exported.path) as archive:
        assert set(archive.namelist()) == {"film.mp4", "film.yaml"}
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert str(home.path).encode() not in whole and str(tmp_path).encode() not in whole
    assert exported.path.read_bytes() == studio.export("last", tmp_path / "again.zip").path.read_bytes()


@pytest.mark.parametrize("content", ["", "film: 1", "[]", "film: {{", "\x00", "film: 2\nbrief: {}\n"])
def test_a_file_that_is_no_film_is_refused(studio: Studio, tmp_path: Path, content: str) -> None:
    (tmp_path / "film.yaml").write_text(content)
    with pytest.raises(BadInput):
        studio.quote_apply(tmp_path)
    with pytest.raises(BadInput):
        studio.quote_apply(tmp_path / "missing")


def test_leftovers_of_the_dead_are_swept_and_those_of_the_living_stay(studio: Studio, home: Home) -> None:
    from reelwright.engine.hands.workroom import open_workroom

    films = home.path / "films"
    with open_workroom(home.settings.workrooms) as living:
        host, pid, born, _ = living.name.rsplit("-", 3)
        (films / f".film.mp4~{host}-{pid}-{int(born) - 1}-1.part").write_bytes(b"x" * 100)
        dry = studio.tidy(dry=True)
        assert (dry.size_bytes, dry.is_dry_run) == (100, True) and living.is_dir()
        assert examine(home.settings).exit_code == 1
        assert studio.tidy().size_bytes == 100 and living.is_dir()
        assert studio.tidy().size_bytes == 0


def test_losing_takes_are_forgotten_and_only_they(studio: Studio, home: Home) -> None:
    first = home.made.shots[0]
    studio.edit("last", shot=1, words="Other words")
    assert studio.tidy(losing_takes=True, dry=True).takes == 1
    assert studio.tidy(losing_takes=True).takes == 1
    assert studio.tidy(losing_takes=True).takes == 0
    back = studio.edit("last", shot=1, words=first.words["line"])
    assert back.new_steps == 0, "the first film is had, so nothing below it is asked for"


def test_a_policy_deletes_takes_that_no_film_uses(studio: Studio, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "UNTOUCHED_BYTES_S", 0.0)
    first = home.made.shots[0]
    studio.set_retention(deployment=True, spare_takes="0s", grace="0s")
    assert studio.reconcile(yes=True).state == "reconciled", "a home that was copied is swept once a person accepts it"
    assert studio.sweep_files().deleted_files == 0, "the film uses them all"
    studio.edit("last", shot=1, words="Other words")
    studio.make(BRIEF, new=True, **SMALL)
    assert studio.sweep_files().deleted_files == 0, "another film uses it"
    studio.edit("last", shot=1, words="Other words")
    assert studio.sweep_files(is_dry_run=True).deleted_files == 1
    assert studio.sweep_files().deleted_files == 1
    assert studio.sweep_files().deleted_files == 0
    assert studio.edit("last", shot=1, words=first.words["line"]).new_steps == 0, "the films stay"


def test_a_take_that_another_project_uses_is_kept(studio: Studio) -> None:
    studio.make(BRIEF, new=True, **SMALL)
    studio.edit("last", shot=1, words="Other words")
    assert studio.tidy(losing_takes=True, dry=True).takes == 0


def test_the_doctor_says_one_line_for_each_thing(home: Home, empty: Settings) -> None:
    checkup = examine(home.settings)
    assert checkup.exit_code == 0, [check for check in checkup.checks if check.state != "good"]
    names = [check.name for check in checkup.checks]
    assert names == [
        "python",
        "ffmpeg",
        "drawing",
        "fonts",
        "home",
        "room",
        "disk",
        "journal",
        "vault",
        "leftovers",
        "keys",
        "voice",
        "planners",
    ]
    journal = next(check for check in checkup.checks if check.name == "journal")
    assert journal.message.endswith(f", schema {HEAD}")
    assert json.dumps(checkup.to_json())
    assert examine(empty).exit_code == 0 and not empty.home.exists(), "looking makes nothing"


def test_the_doctor_names_what_is_wrong_and_its_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setattr(ffmpeg, "_chosen", "")
    settings = Settings(home=tmp_path / "file", ffmpeg=str(tmp_path / "none"), database="nonsense://")
    checkup = examine(settings)
    bad = {check.name: check for check in checkup.checks if check.state == "bad"}
    assert checkup.exit_code == 2 and {"ffmpeg", "journal"} <= set(bad)
    assert bad["ffmpeg"].fix == "unset REELWRIGHT_FFMPEG, or name another program"
