"""A file of many prompts or briefs, read strictly: YAML, JSON, JSONL, CSV, or one a line.

- A lighthouse at dusk                     # text alone: a brief; with a model named for all, a prompt
- prompt: A heron lifts off                # a clip: bought from a model as it stands
  model: litellm-veo-3.1-fast
  seconds: 4                               # also: aspect, resolution, negative, seed, sound, out
- brief: 20-second ad for Fenn, a lamp     # a film: all that `make` takes, by the same names, and until, out
  flavor: short
  images: [lamp.jpg]                       # beside the file
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from reelwright.errors import BadInput
from reelwright.planner.yaml_text import LARGEST, parse_value
from reelwright.reel.noun import noun
from reelwright.settings import Settings
from reelwright.studio import checked, clips
from reelwright.studio.asked import Asked, ClipTerms
from reelwright.studio.briefing import Taken, brief_of
from reelwright.studio.refused_rows import RefusedRows
from reelwright.studio.rows import Row

Entry = Mapping[str, Any]
MOST_ROWS: Final = 10_000
_OF_A_CLIP: Final = ("prompt", "out", *(term for term in ClipTerms.__annotations__ if term not in ("samples", "apart")))
_OF_A_FILM: Final = ("brief", "until", "out", *Asked.__annotations__)
_NUMBERS: Final = frozenset({"seed", "takes", "variation", "short_side"})
_SWITCHES: Final = {"yes": True, "true": True, "no": False, "false": False}
_LISTS: Final = frozenset({"images", "clips", "models"})
_ACCEPTED: Final = "text, or a mapping with a prompt (a clip) or a brief (a film)"


@noun
class Prepared:
    """A row, and the pictures and clips that go with it, in a scratch folder until the price was agreed to."""

    row: Row
    taken: Taken


def read_entries(text: str, name: str) -> list[Entry | str]:
    """The rows that a file spells, by the ending of its ``name``; ``-`` is told by its first characters.

    Raises ``BadInput`` naming the line or the row.
    """
    if len(text) > LARGEST:
        raise BadInput(name, f"{len(text)} characters", f"at most {LARGEST} characters")
    rows = _READERS[_kind(text, name)](text, name)
    if not rows:
        raise BadInput(name, "no rows", "at least one prompt or brief")
    if len(rows) > MOST_ROWS:
        raise BadInput(name, f"{len(rows)} rows", f"at most {MOST_ROWS} rows")
    return rows


def _kind(text: str, name: str) -> str:
    ending = Path(name).suffix.lower()
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    first = text.lstrip()[:2]
    if first[:1] in ("{", '"'):
        return "jsonl"
    return "yaml" if first == "- " or first[:1] == "[" else "lines"


def _yaml(text: str, name: str) -> list[Entry | str]:
    """A list, or a mapping whose ``rows`` is one."""
    value = parse_value(text, name)
    rows = value["rows"] if isinstance(value, dict) and set(value) == {"rows"} else value
    if not isinstance(rows, list):
        raise BadInput(name, rows, "a list of rows, or a mapping with nothing but rows")
    return rows


def _jsonl(text: str, name: str) -> list[Entry | str]:
    rows: list[Entry | str] = []
    for n, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except ValueError as cause:
                raise BadInput(f"{name} line {n}", str(cause)[:80], "one JSON value a line") from cause
    return rows


def _csv(text: str, name: str) -> list[Entry | str]:
    """A header with the names of the fields; empty cells and rows say nothing; lists are separated by ``;``."""
    delimiter = "\t" if name.lower().endswith(".tsv") else ","
    try:
        table = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as cause:
        raise BadInput(name, str(cause), "CSV with a header") from cause
    rows = [_cells(row, f"{name} line {n}") for n, row in enumerate(table, 2)]
    return [row for row in rows if row]


def _cells(row: Mapping[Any, Any], where: str) -> Entry:
    if None in row or any(value is None for value in row.values()):
        raise BadInput(where, "another number of cells", "as many cells as the header has")
    made: dict[str, Any] = {}
    for field, cell in row.items():
        if cell.strip():
            made[field.strip()] = _cell(field.strip(), cell.strip(), where)
    return made


def _cell(field: str, cell: str, where: str) -> Any:
    if field in _LISTS:
        return [part.strip() for part in cell.split(";") if part.strip()]
    if field in _NUMBERS:
        try:
            return int(cell)
        except ValueError as cause:
            raise BadInput(f"{where}: {field}", cell, "a whole number") from cause
    if field == "sound":
        return _SWITCHES.get(cell.lower(), cell)
    return cell


def _lines(text: str, name: str) -> list[Entry | str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


_READERS: Final = {"yaml": _yaml, "jsonl": _jsonl, "csv": _csv, "lines": _lines}
_ENDINGS: Final = {
    ".yaml": "yaml", ".yml": "yaml", ".json": "yaml", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv",
    ".tsv": "csv", ".txt": "lines",
}  # fmt: skip


async def rows_of(
    entries: Sequence[Entry | str],
    scratch: Path,
    settings: Settings,
    *,
    model: str | None = None,
    beside: Path | None = None,
    out: Path | None = None,
) -> list[Prepared]:
    """What each entry asks for. ``model``: of prompts that name none; with it, text alone is a prompt.

    ``beside``: where pictures are looked for; ``out``: the folder that places of rows are in. Raises ``BadInput``
    naming the row; writes only into ``scratch``.
    """
    made = []
    refused = RefusedRows()
    for n, entry in enumerate(entries, 1):
        with refused.row(n):
            room = scratch / f"row-{n}"
            made.append(await _prepared(entry, room, settings, model, beside or Path(), out or Path()))
    refused.refuse()
    return made


async def _prepared(
    entry: Entry | str, scratch: Path, settings: Settings, model: str | None, beside: Path, out: Path
) -> Prepared:
    if isinstance(entry, str):
        entry = {"prompt": entry} if model else {"brief": entry}
    if not isinstance(entry, Mapping) or ("prompt" in entry) == ("brief" in entry):
        raise BadInput("it", entry if isinstance(entry, Mapping) else type(entry).__name__, _ACCEPTED)
    known = _OF_A_CLIP if "prompt" in entry else _OF_A_FILM
    if alien := sorted(str(key) for key in entry if key not in known):
        raise BadInput(alien[0], entry.get(alien[0]), f"one of {', '.join(known)}")
    place = checked.place("out", out / str(entry["out"])) if "out" in entry else None
    if place and place.suffix.lower() != ".mp4" and not ("brief" in entry and place.is_dir()):
        raise BadInput("out", entry["out"], "a file name that ends in .mp4")
    scratch.mkdir()
    if "prompt" in entry:
        return await _clip(entry, scratch, settings, model, beside, place)
    return await _film(entry, scratch, settings, beside, place)


async def _clip(
    entry: Entry, scratch: Path, settings: Settings, default: str | None, beside: Path, place: Path | None
) -> Prepared:
    given = {key: value for key, value in entry.items() if key in ClipTerms.__annotations__}
    terms = {"model": default or settings.model or None, **given}
    if terms["model"] is None:
        raise BadInput("model", None, "a video model: in the row, or --model for all", hint="reelwright models")
    for name in ("image", "last_frame"):
        if isinstance(terms.get(name), str):
            terms[name] = beside / terms[name]
    terms = _beside(terms, beside)
    prompt = checked.text("prompt", entry["prompt"])
    clip, taken = await clips.planned(prompt, cast(ClipTerms, terms), settings, scratch)
    brief = clips.brief_for(prompt, clip, taken)
    said = (*taken.said, *clip.said)
    return Prepared(row=Row(n=1, brief=brief, plan=clip.plan, goal="takes", out=place, said=said), taken=taken)


def _beside(asked: dict[str, Any], beside: Path) -> dict[str, Any]:
    """Pictures that guide and stills lie beside the file, too."""
    given = {name: asked[name] for name in ("references", "storyboard") if isinstance(asked.get(name), Mapping)}
    return asked | {name: {said: beside / str(path) for said, path in one.items()} for name, one in given.items()}


async def _film(entry: Entry, scratch: Path, settings: Settings, beside: Path, place: Path | None) -> Prepared:
    asked = {key: value for key, value in entry.items() if key in Asked.__annotations__}
    for name in ("images", "clips"):
        if isinstance(asked.get(name), list):
            asked[name] = [beside / str(path) for path in asked[name]]
    asked = _beside(asked, beside)
    goal = checked.goal(entry.get("until", "film"))
    brief, taken = await brief_of(checked.text("brief", entry["brief"]), cast(Asked, asked), scratch, settings)
    made = Row(n=1, brief=replace(brief, goal=goal), goal=goal, out=place, said=tuple(taken.said))
    return Prepared(row=made, taken=taken)
