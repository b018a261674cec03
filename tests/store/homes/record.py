"""Records a home and its film.yaml files, as the tree that runs this leaves them, for the upgrade tests of later trees.

``PYTHONPATH=src:tests python -m store.homes.record NAME`` writes ``NAME.sql`` (the journal, without its place),
``NAME.tar.xz`` (the vault) and ``NAME/*.yaml`` (each project, pulled). Run at a release, or before stored names move.
The commands stand here, so that an upgrade test types the very same again.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reelwright import Studio
from reelwright.errors import OutcomeUnknown, ReelwrightError, Refused
from reelwright.providers.offline import Offline
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from studio.shelf import Shelf, drawn_picture, filtered

HOMES = Path(__file__).parent
FAST = "vertex-veo-3.1-fast"
VIDEO = "openrouter-veo-3.1-fast"
STILLS, VOICE = "gemini-3.1-flash-image", "eleven_v3:JBFqnCBsd6RMkjVDRZzb"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16"}
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}

BRIEF = "“It never flickers.” A 4 second film for “Fenn”, a lamp. Order at fenn.example"
FILM: dict[str, Any] = {**SMALL, "length": 4, "models": [VIDEO], "stills": STILLS, "voice": VOICE}
SCRIPT = """---
language: en
---

It **never** goes ~~out~~ cold

# Fenn

## A lamp
"""
STUCK = "“It glows.” A 4 second film for “Glim”, a candle. Order at glim.example"
AI: dict[str, Any] = {**SMALL, "length": 4, "models": [VIDEO], "goal": "takes"}
OWL = {"prompt": "An owl", "model": FAST}
LEFT_OUT = ("alembic_version", "sqlite_sequence", "journal_places", "vault_marks", "directors")
"""Tables that say where and by which process the journal was kept, which is another place in every test."""


def answer(request: Request) -> Any:
    """How the shelf answers: one clip is lost on its way, one shot is filtered every time, all else is delivered."""
    if "A bear" in request.prompt:
        return OutcomeUnknown("the connection was lost")
    if "A wolf" in request.prompt:
        return Refused("the prompt is not allowed")
    return filtered() if "candle" in request.prompt or "Glim" in request.prompt else None


def studio_at(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf})


def fill(studio: Studio, folder: Path) -> dict[str, str]:
    """Everything a person does in this home, in order. Returns the project of each command by name."""
    made: dict[str, str] = {}
    picture = folder / "lamp.png"
    picture.write_bytes(drawn_picture((180, 320), "lamp"))
    film = studio.make(BRIEF, **FILM, **SURE)
    assert film.state == "done", film
    made["film"] = film.project
    studio.retake(film.project, 1, **SURE)
    studio.circle(film.project, 1, 2)
    studio.edit(film.project, shot=2, words={"line": "It never, ever flickers"}, **SURE)
    drawn = studio.make(script=SCRIPT, **SMALL, goal="takes")
    assert drawn.state == "done", drawn
    made["drawn"] = drawn.project
    made["own"] = studio.make(
        BRIEF.replace("Fenn", "Own"), **SMALL, length=4, images=[str(picture)], goal="takes"
    ).project
    made["clip"] = studio.clip("A fox", model=FAST, samples=2, **SURE).project
    studio.batch([OWL] * 2, **SURE)
    studio.adjust(studio.show_spending(made["clip"]).rows[0].purchase, "-0.10", because="credited by the provider")
    made["unknown"] = _left(lambda: studio.clip("A bear", model=FAST, **SURE), studio)
    made["refused"] = _left(lambda: studio.clip("A wolf", model=FAST, **SURE), studio)
    made["stuck"] = _left(lambda: studio.make(STUCK, **AI, **SURE), studio)
    studio.set_budget("account", "50", per="month")
    studio.set_limit("provider", "openrouter", open=3)
    return made


def _left(act: Callable[[], Any], studio: Studio) -> str:
    """The project of what does not end well."""
    try:
        return str(act().project)
    except ReelwrightError:
        return studio.list_projects()[0].id


def dump(journal: Path) -> str:
    """The journal's rows as SQL that inserts them, table by table; its schema is made by migrations."""
    conn = sqlite3.connect(journal)
    lines = []
    for line in conn.iterdump():
        table = line.split('"')[1] if line.startswith('INSERT INTO "') else ""
        keep = (table and table not in LEFT_OUT) or line.startswith("CREATE TABLE")
        if keep and not any(f"CREATE TABLE {name}" in line for name in LEFT_OUT):
            lines.append(line)
    conn.close()
    return "\n".join(lines) + "\n"


def record(name: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        (HOMES / name).mkdir(exist_ok=True)
        with studio_at(home, Shelf(answer)) as studio:
            made = fill(studio, Path(place))
            for called in ("film", "drawn", "own", "clip"):
                pulled = studio.pull(made[called], Path(place) / called)
                shutil.copy(pulled.film, HOMES / name / f"{called}.yaml")
        (HOMES / name / "projects.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        (HOMES / f"{name}.sql").write_text(dump(home / "journal.db"), encoding="utf-8")
        with tarfile.open(HOMES / f"{name}.tar.xz", "w:xz") as packed:
            for path in sorted((home / "vault").rglob("*")):
                if path.is_file():
                    packed.add(path, path.relative_to(home))


if __name__ == "__main__":
    record(sys.argv[1])
