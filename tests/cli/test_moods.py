"""The verb ``moods``: every mood has its sentences, and samples of them are written where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media.base.probe import probe_sound
from reelwright.media.sound.dsp import RATE
from reelwright.media.sound.measure_loudness import measure
from reelwright.media.sound.moods import list_moods
from reelwright.settings import Settings


def test_every_mood_is_listed_with_its_tempo_and_its_use(reelwright) -> None:
    rows = reelwright("moods", "--json").json["moods"]
    assert [row["name"] for row in rows] == list(list_moods())
    assert all(row["description"].endswith(".") and row["use_when"].endswith(".") for row in rows)
    assert all(row["bpm"][0] < row["bpm"][1] for row in rows)


def test_named_moods_are_written_into_one_folder_which_is_named(reelwright, tmp_path: Path) -> None:
    ended = reelwright("moods", "try", "urban", "luxury", "--out", str(tmp_path / "heard"))
    assert ended.code == 0 and str(tmp_path / "heard") in ended.out
    files = sorted((tmp_path / "heard").iterdir())
    assert [file.name for file in files] == ["luxury.m4a", "urban.m4a"]
    for file in files:
        assert 7.5 < probe_sound(file).samples / RATE < 9.5
        found = measure(file)
        assert found.lufs is not None and abs(found.lufs + 14) < 0.4 and found.dbtp is not None and found.dbtp <= -1


def test_what_is_neither_a_mood_nor_a_script_is_refused(reelwright) -> None:
    assert reelwright("moods", "try", "loud").code == 2
    assert reelwright("moods", "try", "missing.md").code == 2


def test_a_script_is_heard_in_its_own_key_and_instruments(tmp_path: Path) -> None:
    script = tmp_path / "script.md"
    script.write_text("# Clara\n\n[Come](https://clara.example)\n", encoding="utf-8")
    with Studio(Settings(home=tmp_path / "home")) as studio:
        own, usual = studio.try_moods("chill", script=script), studio.try_moods("chill")
        with pytest.raises(BadInput) as caught:
            studio.try_moods("loud")
    assert list(own) == list(usual) == ["chill"] and own != usual
    assert caught.value.field == "mood"
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("verb", [("moods", "try", "urban"), ("looks", "sheet", "slam")])
def test_a_place_that_cannot_be_written_to_is_refused_by_its_option(
    reelwright, tmp_path: Path, verb: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = reelwright(*verb, "--out", str(tmp_path / "file" / "x"))
    assert ended.code == 2 and "--out" in ended.err and "bug" not in ended.err
