"""Takes that fall short of their order: kept, delivered and never called what was ordered; a film asks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.providers.fakes.script import Script, deliver_mute, deliver_short, deliver_small
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from studio.shelf import Shelf
from studio.worlds import AT_ONCE, world

VEO = "openrouter-veo-3.1-fast"
FILM: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 4, "models": [VEO], "yes": True}
BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"
CLIP: dict[str, Any] = {"model": VEO, "seconds": 4, "sound": True, "yes": True}
QUICK = Tempo(speed=1000)
Open = Callable[..., Studio]


def open_studio(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf})


@pytest.mark.parametrize(
    ("script", "checks", "came"),
    [
        (AT_ONCE.add_rule("submit", deliver_short(1)), ["short"], (1.0, 1280, 720, True)),
        (AT_ONCE.add_rule("submit", deliver_small(640, 360)), ["small"], (4.0, 640, 360, True)),
        (AT_ONCE.add_rule("submit", deliver_mute()), ["mute"], (4.0, 1280, 720, False)),
        (AT_ONCE, [], (4.0, 1280, 720, True)),
    ],
    ids=["short", "small", "mute", "as ordered"],
)
def test_a_clip_that_falls_short_is_delivered_with_a_note_and_its_purchase_is_short(
    script: Script, checks: list[str], came: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-test")
    with world(tmp_path / "home", {"openrouter": script}) as here, Studio(here.settings, tempo=QUICK) as studio:
        made = studio.clip("A fox", out=tmp_path / "out", **CLIP)
        (file,) = made.files
        assert made.state == "done" and file.path.is_file() and not made.missing
        assert [one.check for one in file.shortfalls] == checks
        assert (file.duration_s, file.width, file.height, file.has_sound) == came
        shown = studio.show(made.project)
        assert [(one.id, one.is_fault) for one in shown.findings] == [(f"{check}/1", False) for check in checks]
        assert shown.shots[0].duration_s == came[0] and shown.takes[0].duration_s == came[0]
        assert studio.list_projects()[0].duration_s == came[0]
        (row,) = studio.show_spending().rows
        assert (row.state, row.dispute, row.micros) == ("settled", "short" if checks else None, here.billed)
        assert len(studio.show_spending().short_rows) == len(checks)
        with Studio(here.settings, tempo=QUICK) as another:
            (again,) = another.clip("A fox", out=tmp_path / "out", **CLIP).files
        assert again == file
        assert here.submits("openrouter") == 1, "what is short is not bought again"


def test_a_person_accepts_the_price_of_a_short_take_or_corrects_it(tmp_path: Path) -> None:
    with open_studio(tmp_path / "home", Shelf(lacks={"length"})) as studio:
        for prompt in ("A fox", "A heron"):
            studio.clip(prompt, **CLIP)
        first, second = (row.purchase for row in studio.show_spending().rows)
        with pytest.raises(BadInput):
            studio.decide(first, "as-quoted", by="me")
        assert studio.decide(first, "as-billed", by="me").dispute == "as_billed"
        given_back = studio.adjust(second, "-0.10", because="they gave some back", by="me")
        assert given_back.dispute == "corrected"
        spent = studio.show_spending()
        assert not spent.short_rows and spent.micros == sum(row.quoted_micros for row in spent.rows) - 100_000


def test_a_take_that_another_project_uses_stays_short_there(tmp_path: Path) -> None:
    shelf = Shelf(lacks={"length"})
    with open_studio(tmp_path / "home", shelf) as studio:
        studio.clip("A fox", **CLIP)
        again = studio.clip("A fox", samples=2, **CLIP)
        assert [[one.check for one in file.shortfalls] for file in again.files] == [["short"], ["short"]]
    assert len(shelf.sent) == 2


@pytest.mark.parametrize("lacks", ["length", "size", "sound"])
def test_a_film_asks_about_a_take_that_falls_short_as_for_a_failed_check(lacks: str, tmp_path: Path) -> None:
    shelf = Shelf(lacks={lacks})
    check = {"length": "short", "size": "small", "sound": "mute"}[lacks]
    with open_studio(tmp_path / "home", shelf) as studio:
        made = studio.make(BRIEF, **FILM, sound=True)
        bought = {row.n for row in made.shots if row.take and len(shelf.asked("video"))}
        assert (made.state, made.wait_reason, made.film) == ("waiting", "decision", None)
        assert made.reason and made.reason.code == "checks_failed"
        faults = [fault for fault in made.reason.params["faults"] if fault.params["check"] == check]
        assert faults and {int(fault.params["shot"]) for fault in faults} <= bought
        kinds = {action.kind for action in made.reason.actions}
        assert {"accept_findings", "edit_shot", "retake_shot"} <= kinds
        sent = len(shelf.sent)
        assert studio.resume(made.project, yes=True).state == "waiting", "never filmed around it in silence"
        accepted = studio.accept(made.project)
        assert accepted.film and accepted.film.duration_s == 4.0 and len(shelf.sent) == sent
        assert accepted.state == "done", accepted.message


def test_a_film_that_stops_at_its_takes_asks_too(tmp_path: Path) -> None:
    with open_studio(tmp_path / "home", Shelf(lacks={"length"})) as studio:
        made = studio.make(BRIEF, **FILM, goal="takes")
        assert (made.state, made.wait_reason, made.film) == ("waiting", "decision", None)
        assert {one.check for one in made.findings if one.is_fault} == {"short"}
        assert studio.accept(made.project).state == "done"


def test_a_retake_that_is_as_ordered_ends_the_question_once_it_is_circled(tmp_path: Path) -> None:
    shelf = Shelf(lacks={"length"})
    with open_studio(tmp_path / "home", shelf) as studio:
        made = studio.make(BRIEF, **FILM, goal="takes")
        shots = sorted({int(one.id.partition("/")[2]) for one in made.findings})
        shelf.lacks = ()
        for shot in shots:
            studio.retake(made.project, shot, yes=True)
            studio.circle(made.project, shot, 2)
        assert studio.resume(made.project, yes=True).state == "done"
        assert not studio.show(made.project).findings


def test_the_acceptance_of_a_short_take_does_not_hold_for_the_take_of_an_edit(tmp_path: Path) -> None:
    with open_studio(tmp_path / "home", Shelf(lacks={"length"})) as studio:
        made = studio.make(BRIEF, **FILM, goal="takes")
        shot = int(made.findings[0].id.partition("/")[2])
        assert studio.accept(made.project).state == "done"
        edited = studio.edit(made.project, shot=shot, prompt="A lamp on a desk", yes=True)
        assert edited.state == "waiting" and not all(one.is_accepted for one in edited.findings)
