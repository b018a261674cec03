"""Reads a batch file, strictly: YAML, JSON, JSONL or CSV with prompts and briefs, or plain text with one per line.

- A lighthouse at dusk                     # only text: a brief; with --model for all rows, a prompt
- prompt: A heron lifts off                # a clip: one shot, bought from a model
  model: litellm-veo-3.1-fast
  seconds: 4                               # also: aspect, resolution, negative, seed, sound, out
- brief: 20-second ad for Fenn, a lamp     # a film: all options of `make`, and until, out
  flavor: short
  images: [lamp.jpg]                       # in the folder of the file
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from reelwright.errors import BadInput
from reelwright.planner.yaml_text import MAX_DOCUMENT_LETTERS, parse_value
from reelwright.reason import Action
from reelwright.reel.base.value import define_value
from reelwright.reel.film.brief import Brand
from reelwright.settings import Settings
from reelwright.studio.batches.refused_rows import RefusedRows
from reelwright.studio.clips import clips
from reelwright.studio.films.new_project import choose_first_plan
from reelwright.studio.policy import MAX_BATCH_ROWS
from reelwright.studio.quotes import validation
from reelwright.studio.results.options import ClipTermOptions, FilmOptions
from reelwright.studio.results.rows import Row
from reelwright.studio.results.verb_options import BriefOptions, ClipTerms
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.scripts.briefing import IntakeResult, build_brief

Entry = Mapping[str, Any]
_CLIP_TERMS: Final = tuple(name for name in ClipTermOptions.model_fields if name not in ("prompt", "samples", "apart"))
_OF_A_CLIP: Final = ("prompt", "out", *_CLIP_TERMS)
_FILM_TERMS: Final = tuple(FilmOptions.model_fields)
_OF_A_FILM: Final = ("brief", "until", "out", *_FILM_TERMS)
_NUMBERS: Final = frozenset({"seed", "takes", "variation", "short_side"})
_SWITCHES: Final = {"yes": True, "true": True, "no": False, "false": False}
_LISTS: Final = frozenset({"images", "clips", "models"})
_ACCEPTED: Final = "text, or a mapping with a prompt (a clip) or a brief (a film)"


@define_value
class PreparedRow:
    """A checked row of a batch with its imported files, which stay in scratch until the price is agreed to."""

    row: Row
    intake: IntakeResult


def read_entries(text: str, name: str) -> list[Entry | str]:
    """Parse the text of a batch file into its entries, by the ending of ``name`` or else by its first characters.

    Raises ``BadInput`` naming the line or the row.
    """
    if len(text) > MAX_DOCUMENT_LETTERS:
        raise BadInput(name, f"{len(text)} characters", f"at most {MAX_DOCUMENT_LETTERS} characters")
    rows = _READERS[_detect_format(text, name)](text, name)
    if not rows:
        raise BadInput(name, "no rows", "at least one prompt or brief")
    if len(rows) > MAX_BATCH_ROWS:
        raise BadInput(name, f"{len(rows)} rows", f"at most {MAX_BATCH_ROWS} rows")
    return rows


def _detect_format(text: str, name: str) -> str:
    ending = Path(name).suffix.lower()
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    first = text.lstrip()[:2]
    if first[:1] in ("{", '"'):
        return "jsonl"
    return "yaml" if first == "- " or first[:1] == "[" else "lines"


def _yaml(text: str, name: str) -> list[Entry | str]:
    """Read a YAML list, or a mapping whose only key is ``rows``."""
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
    """Read CSV with a header of field names. Empty cells and rows are skipped; ``;`` separates the items of a list."""
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


async def build_rows(
    entries: Sequence[Entry | str],
    scratch: ScratchFolder,
    settings: Settings,
    *,
    model: str | None = None,
    beside: Path | None = None,
    out: Path | None = None,
    brand: Brand | None = None,
) -> list[PreparedRow]:
    """Check and plan each entry of a batch as a row; its pictures are copied into ``scratch``. Raises ``BadInput``.

    ``model``: for prompts that name none; if it is given, an entry of only text is a prompt, otherwise a brief.
    ``beside``: the folder in which pictures are looked for. ``out``: the folder to which a row's ``out`` is relative.
    ``brand``: of the home, for films.
    """
    made = []
    refused = RefusedRows()
    for n, entry in enumerate(entries, 1):
        with refused.collect_row(n):
            made.append(await _build_row(entry, scratch, settings, model, beside or Path(), out or Path(), brand))
    refused.refuse()
    return made


async def _build_row(
    entry: Entry | str, scratch: ScratchFolder, settings: Settings, model: str | None, beside: Path, out: Path,
    brand: Brand | None,
) -> PreparedRow:  # fmt: skip
    if isinstance(entry, str):
        entry = {"prompt": entry} if model else {"brief": entry}
    if not isinstance(entry, Mapping) or ("prompt" in entry) == ("brief" in entry):
        shown = ", ".join(map(str, entry)) if isinstance(entry, Mapping) else type(entry).__name__
        raise BadInput("keys", shown, _ACCEPTED)
    known = _OF_A_CLIP if "prompt" in entry else _OF_A_FILM
    if alien := sorted(str(key) for key in entry if key not in known):
        raise BadInput(
            "field", alien[0], f"one of {', '.join(name for name in known if name != 'draft')}"
        )  # of a script
    place = validation.check_path("out", out / str(entry["out"])) if "out" in entry else None
    if place and place.suffix.lower() != ".mp4" and not ("brief" in entry and place.is_dir()):
        raise BadInput("out", entry["out"], "a file name that ends in .mp4")
    if "prompt" in entry:
        return await _build_clip_row(entry, scratch, settings, model, beside, place)
    return await _build_film_row(entry, scratch, settings, beside, place, brand)


async def _build_clip_row(
    entry: Entry, scratch: ScratchFolder, settings: Settings, default: str | None, beside: Path, place: Path | None
) -> PreparedRow:
    given = {key: value for key, value in entry.items() if key in _CLIP_TERMS}
    terms = {"model": default or settings.model or None, **given}
    if terms["model"] is None:
        raise BadInput(
            "model",
            None,
            "a video model, in the row or for all rows",
            actions=[Action("list_models", {"model_kind": "video"})],
        )
    terms = _resolve_paths(terms, beside)
    options = ClipTermOptions.parse({"prompt": entry["prompt"], **terms})
    prompt = validation.check_text("prompt", options.prompt)
    clip, taken = await clips.plan_clip(prompt, cast(ClipTerms, options.get_given(_CLIP_TERMS)), settings, scratch)
    brief = clips.build_clip_brief(prompt, clip, taken)
    notes = (*taken.notes, *clip.messages)
    return PreparedRow(row=Row(n=1, brief=brief, plan=clip.plan, goal="takes", out=place, notes=notes), intake=taken)


def _resolve_paths(options: dict[str, Any], beside: Path) -> dict[str, Any]:
    """Resolve the paths of single files, references and stills against the folder of the batch file."""
    files = {name: options.get(name) for name in ("image", "last_frame", "logo", "font")}
    ones = {name: file for name, file in files.items() if isinstance(file, str) and not validation.is_none(file)}
    options = options | {name: beside / path for name, path in ones.items()}
    given = {name: options[name] for name in ("references", "storyboard") if isinstance(options.get(name), Mapping)}
    return options | {name: {label: beside / str(path) for label, path in one.items()} for name, one in given.items()}


async def _build_film_row(
    entry: Entry, scratch: ScratchFolder, settings: Settings, beside: Path, place: Path | None, brand: Brand | None
) -> PreparedRow:
    options = {key: value for key, value in entry.items() if key in _FILM_TERMS}
    for name in ("images", "clips"):
        if isinstance(options.get(name), list):
            options[name] = [beside / str(path) for path in options[name]]
    options = _resolve_paths(options, beside)
    given = FilmOptions.parse(options).get_given(_FILM_TERMS)
    goal = validation.check_goal(entry.get("until", "film"))
    brief, taken = await build_brief(
        validation.check_text("brief", entry["brief"]), cast(BriefOptions, given), scratch, settings, brand=brand
    )
    brief = replace(brief, goal=goal)
    planned = await asyncio.to_thread(choose_first_plan, brief, None)
    made = Row(n=1, brief=brief, rules_result=planned, goal=goal, out=place, notes=tuple(taken.notes))
    return PreparedRow(row=made, intake=taken)
