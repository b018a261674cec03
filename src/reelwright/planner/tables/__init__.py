"""The craft as data: beats, sequences, tones, rates, moods and words to look for, each read once, strictly."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ReelwrightError
from reelwright.reel.noun import noun

HERE: Final = Path(__file__).parent


@noun
class BeatRule:
    """One of the fifteen beats. ``min_ms``: its least length."""

    job: str
    min_ms: int
    energy: int
    words: int
    sizes: tuple[str, ...]
    followed_by: tuple[str, ...]


@noun
class Sequence:
    """The default order for a film length: milliseconds by beat, and the most beats and shots."""

    beats: int
    shots: int
    order: Mapping[str, int]


@noun
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


@noun
class Rate:
    """Units per second times 100 at which a language is spoken."""

    unit: str
    centi: int
    most: int


@cache
def beats() -> Mapping[str, BeatRule]:
    """The fifteen beats by name, in the order in which an ad tells them."""
    return {name: _noun(BeatRule, row, f"beats.yaml {name}") for name, row in _read("beats").items()}


@cache
def sequences() -> Mapping[int, Sequence]:
    """Default sequences by film length in milliseconds."""
    return {int(ms): _noun(Sequence, row, f"sequences.yaml {ms}") for ms, row in _read("sequences").items()}


@cache
def tones() -> Mapping[str, Tone]:
    """The tones by name."""
    return {name: _noun(Tone, row, f"tones.yaml {name}") for name, row in _read("tones").items()}


@cache
def rates() -> Mapping[str, Rate]:
    """Speaking rates by language code."""
    return {name: _noun(Rate, row, f"rates.yaml {name}") for name, row in _read("rates").items()}


@cache
def moods() -> Mapping[str, tuple[int, int]]:
    """Least and most beats a minute of each mood."""
    return {name: (int(low), int(high)) for name, (low, high) in _read("moods").items()}


@cache
def lexicon() -> Mapping[str, Any]:
    """Words by language that the extraction looks for: see lexicon.yaml."""
    return _read("lexicon", matched=True)


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Words that a form cannot tell apart, by what they mark and by language: see words.yaml."""
    return _read("words", matched=True)


def _read(name: str, *, matched: bool = False) -> dict[Any, Any]:
    """``matched``: its words are compared with briefs, so they are spelt in NFKC as those are."""
    return read_yaml(HERE / f"{name}.yaml", matched=matched)


def read_yaml(path: Path, *, matched: bool = False) -> dict[Any, Any]:
    """One of our own YAML files, by the C loader where there is one (it is ten times as fast)."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = path.read_text(encoding="utf-8")
    text = unicodedata.normalize("NFKC", text) if matched else text
    found = yaml.load(text, Loader=loader)  # noqa: S506 - both loaders are the safe ones
    if not isinstance(found, dict):
        raise ReelwrightError(f"{path.name} is not a mapping")
    return found


def _noun(kind: Any, row: Any, where: str) -> Any:
    """A table's row as a noun: every field there, none besides."""
    if not isinstance(row, dict):
        raise ReelwrightError(f"{where} is not a mapping")
    wanted = set(kind.__dataclass_fields__)
    if wrong := wanted ^ set(row):
        raise ReelwrightError(f"{where}: unknown or missing {', '.join(sorted(map(str, wrong)))}")
    return kind(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})
