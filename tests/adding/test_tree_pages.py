"""The pages of docs/adding that change this tree: each is applied in a copy of it, and what it promises is there."""

from __future__ import annotations

import json
from pathlib import Path

from adding.pages import PAGES, ROOT, apply_page, run


def test_a_model_added_with_one_row_is_listed_and_priced(tmp_path: Path) -> None:
    apply_page("model.md", tmp_path)
    ran = run(tmp_path, "-m", "reelwright.cli", "models", "show", "openrouter-fennec-2", "--json",
              source=tmp_path / "src")  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    shown = json.loads(ran.stdout)
    assert shown["name"] == "Fennec 2 (OpenRouter)" and shown["durations_s"] == [2, 3, 4, 5, 6, 7, 8]
    assert shown["failure_costs"] and "0.1" in shown["price"]


DIM = """
import json
import numpy as np
from reelwright.media.checks.frame_stats import FrameStats
from reelwright.media.checks.failing import FAILING_CHECKS
from reelwright.media.checks.measure import Sound, list_findings
from reelwright.messages import format_reason
from reelwright.reason import Reason
stats = FrameStats(luma=(2000,) * 20 + (9000,) * 20, peak=(9000,) * 40, change=(500,) * 40,
                   grid=np.zeros((40, 8, 8, 3), np.uint8))
sound = Sound(lufs_milli=-14_000, dbtp_milli=-2_000, clipped_samples=0, silences=())
shots = [{"shot": "a", "start": 0, "length": 20}, {"shot": "b", "start": 20, "length": 20}]
found = [row for row in list_findings(stats, sound, shots, (20, 1)) if row["check"] == "dim"]
told = [[row["shot"], format_reason(Reason.from_json(row["reason"]))] for row in found]
print(json.dumps([*told, "dim" in FAILING_CHECKS]))
"""


def test_a_check_added_with_its_page_names_the_shot_in_words(tmp_path: Path) -> None:
    apply_page("check.md", tmp_path)
    ran = run(tmp_path, "-c", DIM, source=tmp_path / "src")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [["a", "the shot is dark throughout: at most 20 of 255"], True]


BEATS = """
from reelwright import Studio
print([row.name for row in Studio().list_beats().beats][:2])
"""


def test_a_command_added_with_its_page_is_listed_printed_described_and_called_from_python(tmp_path: Path) -> None:
    apply_page("verb.md", tmp_path)
    source = tmp_path / "src"
    printed = run(tmp_path, "-m", "reelwright.cli", "beats", "--json", source=source)
    assert printed.returncode == 0, printed.stderr
    first = json.loads(printed.stdout)["beats"][0]
    assert first == {"name": "cold_open", "question": "What am I looking at?", "least_s": 2.0}
    for args, word in ((["beats"], "cold_open"), (["--help"], "beats"), (["schema", "beats"], "least_s")):
        assert word in run(tmp_path, "-m", "reelwright.cli", *args, source=source).stdout, args
    assert run(tmp_path, "-c", BEATS, source=source).stdout == "['cold_open', 'hook']\n"


GUARANTEE = """
import json
from reelwright import Studio
from reelwright.media.looks.registry import list_look_names, load_stagings
from reelwright.planner.grammar import list_followers
script = "Run further\\n\\n<!-- beat: guarantee -->\\nBack within 30 days\\n\\nfenn.example"
plan = Studio().plan(script=script).plan
print(json.dumps([
    [beat.name for beat in plan.beats].count("guarantee"),
    all(load_stagings(one).beats["guarantee"] == load_stagings(one).beats["benefit"] for one in list_look_names()),
    "guarantee" in list_followers("offer", 60), "guarantee" in list_followers("hook", 60),
]))
"""


def test_a_beat_added_with_its_page_stands_in_a_plan_and_every_look_draws_it(tmp_path: Path) -> None:
    apply_page("beat.md", tmp_path)
    ran = run(tmp_path, "-c", GUARANTEE, source=tmp_path / "src")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [1, True, True, False]


def test_every_page_of_a_thing_to_add_has_its_test_and_stands_in_the_index() -> None:
    index, folder = (ROOT / "docs" / "README.md").read_text(encoding="utf-8"), Path(__file__).parent
    tests = "".join(file.read_text(encoding="utf-8") for file in folder.glob("test_*.py"))
    for page in PAGES.glob("*.md"):
        assert f"](adding/{page.name})" in index and f'"{page.name}"' in tests, page.name
