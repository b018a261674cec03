"""Records a home and its film.yaml files, as the tree that runs this leaves them, for the upgrade tests of later trees.

``PYTHONPATH=src:tests python -m store.homes.record NAME`` writes ``NAME.tar.xz`` (the journal's rows as
``journal.sql``, without its place; its schema as ``sqlite.sql`` and ``postgresql.sql``; and the vault), ``NAME/*.yaml``
(projects, pulled) and ``NAME/projects.json``. Run at a release, or before stored names move. The commands stand here,
so that an upgrade test types the very same again.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import create_mock_engine

from reelwright import Studio
from reelwright.catalogue.models import load_models
from reelwright.catalogue.snapping import get_short_side
from reelwright.errors import OutcomeUnknown, ReelwrightError, Refused
from reelwright.media.base import ffmpeg
from reelwright.providers.offline import Offline
from reelwright.reel.graph.request import Request, to_fingerprint_fields
from reelwright.settings import Settings
from reelwright.store.schema import file_tables, member_tables, schema, webhook_tables
from reelwright.store.schema.columns import metadata
from studio.shelf import Shelf, drawn_picture, filtered

HOMES = Path(__file__).parent
FAST = "vertex-veo-3.1-fast"
VIDEO = "openrouter-veo-3.1-fast"
OTHER = "openrouter-kling-v3-std"
"""Of a model with a disputed bill nothing more is bought, so it is another one than the rest."""
STILLS, VOICE = "gemini-3.1-flash-image", "eleven_v3:JBFqnCBsd6RMkjVDRZzb"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16"}
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}

BRIEF = "“It never flickers.” A 4 second film for “Fenn”, a lamp. Order at fenn.example"
FILM: dict[str, Any] = {**SMALL, "length": 4, "models": [VIDEO], "stills": STILLS, "voice": VOICE, "music": "none"}
SCRIPT = """---
language: en
---

It **never** goes ~~out~~ cold

# Fenn

## A lamp
"""
HALF = "---\nlength: 8 s\n---\n\n" + "\n\n---\n\n".join(
    f"![{seen}]()" for seen in ("a courier in the rain", "a bear in the snow", "a wolf on a hill", "a crane at dawn")
)
"""Of its four takes the first is bought, one is lost on its way, one is refused; the process dies while it sends the
last."""
STUCK = "“It glows.” A 4 second film for “Glim”, a candle. Order at glim.example"
AI: dict[str, Any] = {**SMALL, "models": [VIDEO], "goal": "takes"}
OWL = {"prompt": "An owl", "model": FAST}
OVERCHARGED = 100
"""A bill of so many times its quote waits for a person."""
LEFT_OUT = ("alembic_version", "sqlite_sequence", "journal_places", "vault_marks")
"""Tables that say where the journal was kept, which is another place in every test."""
_WITH_TABLES = (file_tables, member_tables, schema, webhook_tables)
"""Importing them adds their tables to ``metadata``."""
_LATER_S = 5
"""So long the last send waits: what becomes of the other takes of its film is recorded by then."""


def answer(request: Request) -> Any:
    """How the shelf answers: some clips are lost on their way, some refused or filtered, all others delivered."""
    prompt = request.prompt.lower()
    if "a bear" in prompt:
        return OutcomeUnknown("the connection was lost")
    if "a wolf" in prompt:
        return Refused("the prompt is not allowed")
    return filtered() if "candle" in prompt or "glim" in prompt else None


class Seller(Shelf):
    """A shelf with clips of few bytes. It bills for a moth far too much; the process dies while it is sent a crane."""

    def __init__(self) -> None:
        super().__init__(answer)

    def _made(self, request: Request, turn: int, shown: Mapping[str, bytes]) -> tuple[bytes, str, dict[str, Any]]:
        if load_models()[request.model].kind != "video":
            return super()._made(request, turn, shown)
        has_sound = bool(request.sound) or load_models()[request.model].sound == "always"
        return draw_small_clip(request, f"{to_fingerprint_fields(request)} {turn}", has_sound), "video/mp4", {}

    async def submit(self, prepared: Mapping[str, Any], *rest: Any) -> Any:
        prompt = prepared["request"]["prompt"].lower()
        if "a crane" in prompt:
            await asyncio.sleep(_LATER_S)
            os.kill(os.getpid(), signal.SIGKILL)
        made = await super().submit(prepared, *rest)
        if "a moth" in prompt:
            return replace(made, bill=replace(made.bill, micros=made.bill.micros * OVERCHARGED, certainty="reported"))
        return made


def draw_small_clip(request: Request, seed: str, has_sound: bool) -> bytes:
    """Colours that flow, as ordered in length and size, in some 20 KB."""
    side, seconds = get_short_side(request.resolution or "720p"), (request.ms or 4000) / 1000
    wide, high = (int(part) for part in (request.aspect or "16:9").split(":"))
    wide, high = side * wide // min(wide, high), side * high // min(wide, high)
    colour = int(hashlib.sha256(seed.encode()).hexdigest()[:8], 16)
    flow = (
        f"gradients=s={wide // 60}x{high // 60}:r=4:d={seconds}:speed=0.1:seed={colour},hue=H=4*t,scale={wide}:{high}"
    )
    args = ["-f", "lavfi", "-i", flow]
    if has_sound:
        args += ["-f", "lavfi", "-i", f"sine=330:r=44100:d={seconds}", "-c:a", "aac", "-b:a", "24k"]
    args += ["-c:v", "libx264", "-crf", "44", "-pix_fmt", "yuv420p", "-t", f"{seconds}"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        ffmpeg.run([*args, str(path)])
        return path.read_bytes()


def studio_at(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf})


def fill(studio: Studio, folder: Path) -> dict[str, str]:
    """Everything that a person does in this home, in order. Returns the project of each command by name."""
    made: dict[str, str] = {}
    picture = folder / "lamp.png"
    picture.write_bytes(drawn_picture((180, 320), "lamp"))
    studio.set_budget("account", "500", per="month")
    studio.set_limit("provider", "openrouter", open=3)
    webhook = studio.create_webhook("https://hook.example/told")
    studio.test_webhook(webhook.webhook.id)
    studio.create_api_key("a program", "producer")
    studio.invite_member("ana@fenn.example", "viewer")
    _send_in_parts(studio, picture)
    film = studio.make(BRIEF, **FILM, **SURE)
    film = studio.accept(film.project)  # without music it is silent after the words
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
    made["disputed"] = studio.clip("A moth", model=OTHER, **SURE).project
    made["unknown"] = _left(lambda: studio.clip("A bear", model=FAST, **SURE), studio)
    made["refused"] = _left(lambda: studio.clip("A wolf", model=FAST, **SURE), studio)
    made["stuck"] = _left(lambda: studio.make(STUCK, length=4, **AI, **SURE), studio)
    return made


def _send_in_parts(studio: Studio, picture: Path) -> None:
    """One upload is whole and kept, of another only a part has come."""

    async def read_picture() -> AsyncIterator[bytes]:
        yield picture.read_bytes()

    size = picture.stat().st_size
    whole = studio.create_upload("picture", size, "lamp.png")
    studio.append_part(whole.id, 0, read_picture())
    studio.keep_upload(whole.id)
    studio.append_part(studio.create_upload("picture", size + 1, "half").id, 0, read_picture())


def _left(act: Callable[[], Any], studio: Studio) -> str:
    """The project of what does not end well."""
    try:
        return str(act().project)
    except ReelwrightError:
        return studio.list_projects()[0].id


def live(place: Path) -> None:
    """Fill a home, pull its projects, and die in the middle of a film."""
    with studio_at(place / "home", Seller()) as studio:
        made = fill(studio, place)
        for called in ("film", "drawn", "own", "clip"):
            shutil.copy(studio.pull(made[called], place / called).film, place / f"{called}.yaml")
        (place / "projects.json").write_text(json.dumps(made), encoding="utf-8")
        studio.make(script=HALF, **AI, **SURE)


def dump(journal: Path) -> str:
    """The journal's rows as SQL that inserts them, table by table, on SQLite."""
    conn = sqlite3.connect(journal)
    # The director's process is of no machine of a test, and long silent: else an upgrade waited for it.
    conn.execute("UPDATE directors SET host = 'elsewhere', boot = '', beat_at = beat_at - 86400000")
    lines = []
    for line in conn.iterdump():
        table = line.split('"')[1] if line.startswith('INSERT INTO "') else ""
        keep = (table and table not in LEFT_OUT) or line.startswith("CREATE TABLE")
        if keep and not any(f"CREATE TABLE {name}" in line for name in LEFT_OUT):
            lines.append(line)
    conn.rollback()
    conn.close()
    return "\n".join(lines) + "\n"


def write_schema(database: str) -> str:
    """The statements that make the tables and indexes of this tree in a database of that kind."""
    lines: list[str] = []
    engine = create_mock_engine(f"{database}://", lambda ddl, *_, **__: lines.append(f"{ddl.compile(dialect=dialect)}"))
    dialect = engine.dialect
    metadata.create_all(engine, checkfirst=False)
    return ";\n".join(lines) + ";\n"


def record(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place, kept = Path(folder), HOMES / name
        kept.mkdir(exist_ok=True)
        living = subprocess.run([sys.executable, "-m", "store.homes.record", "--live", folder], check=False)
        assert living.returncode == -signal.SIGKILL, "it was to die in the middle of its last film"
        made = json.loads((place / "projects.json").read_text(encoding="utf-8"))
        with sqlite3.connect(place / "home" / "journal.db") as conn:
            (made["half"],) = conn.execute("SELECT project FROM purchases WHERE state = 'posting'").fetchone()
        (kept / "projects.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
        for file in place.glob("*.yaml"):
            shutil.copy(file, kept)
        (place / "journal.sql").write_text(dump(place / "home" / "journal.db"), encoding="utf-8")
        vault = sorted(path for path in (place / "home" / "vault").rglob("*") if path.is_file())
        with tarfile.open(HOMES / f"{name}.tar.xz", "w:xz") as packed:
            for database in ("sqlite", "postgresql"):
                (place / f"{database}.sql").write_text(write_schema(database), encoding="utf-8")
            for rows in ("journal", "sqlite", "postgresql"):
                packed.add(place / f"{rows}.sql", f"{rows}.sql")
            for path in vault:
                packed.add(path, path.relative_to(place / "home"))


if __name__ == "__main__":
    if sys.argv[1] == "--live":
        live(Path(sys.argv[2]))
    else:
        record(sys.argv[1])
