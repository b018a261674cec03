"""``write`` and ``show --script`` as they are typed: a script of a brief, and of a film."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Run
from cli.terminals import run_at_terminal

BRIEF = (
    'A reel for "Mudlark", hand-thrown stoneware bowls; earthy. 340 bowls a year. Questions to 555-0142. '
    "20 seconds, 9:16"
)
PROGRAM = (sys.executable, "-m", "reelwright.cli")
SMALL = ("--short-side", "180", "--yes", "--json")


def test_a_script_of_a_brief_is_printed_and_can_be_filmed(reelwright: Run, home: Path, tmp_path: Path) -> None:
    written = reelwright("write", BRIEF)
    assert written.code == 0, written.err
    assert "# Mudlark\n\n## hand-thrown stoneware bowls" in written.out
    assert "**340** bowls a year" in written.out and "aspect: 9:16" in written.out
    assert not home.exists(), "writing a script needs no home"
    script = tmp_path / "mudlark.md"
    saved = reelwright("write", BRIEF, "-o", str(script), "--json")
    assert saved.code == 0 and saved.json["script"] == written.out == script.read_text(encoding="utf-8")
    assert saved.json["name"] == "Mudlark" and "earthy" in saved.json["directions"]
    made = reelwright("make", str(script), *SMALL)
    assert made.code == 0, made.err
    assert made.json["shots"][0]["words"] == {"name": "Mudlark", "descriptor": "hand-thrown stoneware bowls"}


def test_a_script_that_is_there_is_not_written_over(reelwright: Run, tmp_path: Path) -> None:
    script = tmp_path / "mudlark.md"
    script.write_text("mine\n", encoding="utf-8")
    refused = reelwright("write", BRIEF, "-o", str(script))
    assert refused.code == 2 and "--force" in refused.err and script.read_text(encoding="utf-8") == "mine\n"
    forced = reelwright("write", BRIEF, "-o", str(script), "--force")
    assert forced.code == 0 and "# Mudlark" in script.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("write",), "in your own words"),
        (("write", "make a cool video"), "when and where"),
        (("write", BRIEF, "-o", "no/such/folder/a.md"), "a folder that exists"),
        (("write", BRIEF, "-o", "."), "this is a folder"),
        (("write", BRIEF, "--planner", "some-model"), "models --can plan"),
        (("write", BRIEF, "--language", "!!"), "a language as a BCP 47 tag"),
        (("write", "x" * 20_001), "at most 20000 characters"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_left(
    reelwright: Run, home: Path, typed: tuple[str, ...], said: str
) -> None:
    ran = reelwright(*typed)
    assert ran.code == 2 and said in " ".join(ran.err.split())
    assert not home.exists()


def test_a_brief_is_read_from_standard_input(reelwright: Run) -> None:
    assert "# Mudlark" in reelwright("write", "-", stdin=BRIEF).out


def test_the_script_of_a_film_makes_the_same_film(reelwright: Run, tmp_path: Path) -> None:
    script = tmp_path / "mug.md"
    script.write_text(
        "---\naspect: 9:16\n---\n\nCold coffee.\n\n# VoltCup\n## A mug\n\n**60 °C** at noon\n\n> It lasts.\n"
        "> — Ana, courier\n\n[Get yours](https://voltcup.example)\n", encoding="utf-8",
    )  # fmt: skip
    made = reelwright("make", str(script), *SMALL)
    assert made.code == 0, made.err
    shown = reelwright("show", "last", "--script")
    assert shown.code == 0, shown.err
    again = tmp_path / "again.md"
    again.write_text(shown.out, encoding="utf-8")
    other = reelwright("make", str(again), *SMALL)
    assert [shot["words"] for shot in other.json["shots"]] == [shot["words"] for shot in made.json["shots"]]
    edited = reelwright("edit", "last", "--shot", "1", "--words", "Hot coffee.", "--yes")
    assert edited.code == 0, edited.err
    assert "Hot coffee." in reelwright("show", "last", "--script").out


def test_the_script_of_a_film_by_rules_has_its_words(reelwright: Run, tmp_path: Path) -> None:
    made = reelwright("make", "A bumper for VoltCup, a mug. Order at voltcup.example", "--length", "6", *SMALL)
    assert made.code == 0, made.err
    shown = reelwright("show", "last", "--script", "--json").json
    assert shown["project"] == made.json["project"] and "# VoltCup" in shown["script"]
    assert reelwright("pull", "last", "--script").out == shown["script"]
    assert reelwright("pull", "last", str(tmp_path / "folder"), "--script").code == 2
    assert not (tmp_path / "folder").exists()
    script = tmp_path / "v.md"
    script.write_text(shown["script"], encoding="utf-8")
    assert reelwright("plan", str(script), "--json").code == 0
    again = reelwright("plan", str(script), "--as-script").out
    assert sorted(again.splitlines()) == sorted(shown["script"].splitlines()), "settings in another order"


def test_a_terminal_is_asked_for_the_words_of_a_brief_that_says_nothing(env: dict[str, str]) -> None:
    typed = {
        b"few words: ": "காபி\n".encode(), b"line: ": b"The light | is *on*.\n", b"empty line ends: ": b"# 4 May\n",
        b"more: ": b"\n", b"When? Empty: leave it out: ": b"\n", b"leave it out: ": b"\n", b"q stops: ": b"\n",
    }  # fmt: skip
    options = ("--until", "plan", "--short-side", "180")
    code, seen = run_at_terminal(env, *PROGRAM[1:], "make", "make a cool video", *options, answers=typed)
    assert code == 0, seen
    shown = reelwright_of(env, "show", "last", "--script")
    assert "The light | is \\*on\\*." in shown and "\\# 4 May" in shown, "letter by letter, and no Markdown"
    code, seen = run_at_terminal(
        env, *PROGRAM[1:], "make", "make a nice video", *options, answers={b"few words: ": b"\x03"}
    )
    assert code == 2 and "when and where" in " ".join(seen.split()), "Ctrl-C: nothing is filmed"


def reelwright_of(env: dict[str, str], *typed: str) -> str:
    return subprocess.run([*PROGRAM, *typed], env=env, capture_output=True, text=True, check=True).stdout
