"""Loads the craft as data: beats, sequences, tones, rates, moods and words to look for, each read once, strictly."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ReelwrightError
from reelwright.reel.value import define_value

TABLES_DIR: Final = Path(__file__).parent


@define_value
class BeatRule:
    """The rule of a beat; there are fifteen. ``min_ms``: its least length."""

    job: str
    min_ms: int
    energy: int
    words: int
    sizes: tuple[str, ...]
    followed_by: tuple[str, ...]


@define_value
class BeatSequence:
    """The default order for a film length: milliseconds by beat, and the most beats and shots."""

    beats: int
    shots: int
    order: Mapping[str, int]


@define_value
class Tone:
    """A manner of telling. ``asl_ms``, ``asl_range_ms``: a shot's usual length on average, and least and most of it.

    ``pace``: per cent of a language's rate. ``brand_by``: latest start of the reveal, in per mille of the film.
    """

    asl_ms: int
    asl_range_ms: tuple[int, int]
    pace: int
    mood: str
    brand_by: int
    camera: tuple[str, ...]
    light: str
    grade: str


@define_value
class Rate:
    """The speed at which a language is spoken, in units per second times 100."""

    unit: str
    centi: int
    most: int


@cache
def load_beats() -> Mapping[str, BeatRule]:
    """Load the fifteen beats by name, in the order in which an ad tells them."""
    return {name: _build_row(BeatRule, row, f"beats.yaml {name}") for name, row in _read("beats").items()}


@cache
def load_sequences() -> Mapping[int, BeatSequence]:
    """Load the default sequences by film length in milliseconds."""
    return {int(ms): _build_row(BeatSequence, row, f"sequences.yaml {ms}") for ms, row in _read("sequences").items()}


@cache
def load_tones() -> Mapping[str, Tone]:
    """Load the tones by name."""
    return {name: _build_row(Tone, row, f"tones.yaml {name}") for name, row in _read("tones").items()}


@cache
def load_rates() -> Mapping[str, Rate]:
    """Load the speaking rates by language code."""
    return {name: _build_row(Rate, row, f"rates.yaml {name}") for name, row in _read("rates").items()}


@cache
def load_moods() -> Mapping[str, tuple[int, int]]:
    """Load the least and most beats a minute of each mood."""
    return {name: (int(low), int(high)) for name, (low, high) in _read("moods").items()}


@cache
def load_lexicon() -> Mapping[str, Any]:
    """Load the words by language that the extraction looks for: see lexicon.yaml."""
    return _read("lexicon", needs_nfkc=True)


@cache
def load_words() -> Mapping[str, Mapping[str, str]]:
    """Load words that a form cannot tell apart, by what they mark and by language: see words.yaml."""
    return _read("words", needs_nfkc=True)


def _read(name: str, *, needs_nfkc: bool = False) -> dict[Any, Any]:
    """Read a table. ``needs_nfkc``: its words are compared with briefs, so they are spelt in NFKC as those are."""
    return read_yaml(TABLES_DIR / f"{name}.yaml", needs_nfkc=needs_nfkc)


def read_yaml(path: Path, *, needs_nfkc: bool = False) -> dict[Any, Any]:
    """Read one of our own YAML files, with the C loader if there is one (it is ten times as fast)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = path.read_text(encoding="utf-8")
    text = unicodedata.normalize("NFKC", text) if needs_nfkc else text
    found = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
    if not isinstance(found, dict):
        raise ReelwrightError(f"{path.name} is not a mapping")
    return found


def _build_row(kind: Any, row: Any, where: str) -> Any:
    """Build a value from a table's row: every field there, and no others."""
    if not isinstance(row, dict):
        raise ReelwrightError(f"{where} is not a mapping")
    wanted = set(kind.__dataclass_fields__)
    if wrong := wanted ^ set(row):
        raise ReelwrightError(f"{where}: unknown or missing {', '.join(sorted(map(str, wrong)))}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
