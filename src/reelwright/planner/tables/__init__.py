"""Loads the craft as data: beats, sequences, tones, rates, moods and words to look for, each read once, strictly."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import regex

from reelwright.planner.yaml_text import parse_text
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.value import define_value
from reelwright.reel.base.yaml_rows import ReadAs

TABLES_DIR: Final = Path(__file__).parent
T = TypeVar("T")


@define_value
class BeatRule:
    """The rule of a beat; there are fifteen. ``min_ms``: its least length. ``follows``: beats that it may follow,
    beside those whose rows say so.
    """

    job: str
    min_ms: int
    energy: int
    words: int
    sizes: tuple[str, ...]
    followed_by: tuple[str, ...]
    follows: tuple[str, ...] = ()


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
class MoodUses:
    """Moods by what a film is about: ``emblems``, a list of them by mood; ``kinds``, the mood of each."""

    emblems: Mapping[str, str]
    kinds: Mapping[str, str]


@define_value
class Rate:
    """The speed at which a language is spoken, in units per second times 100."""

    unit: str
    centi: int
    most: int


@define_value
class PromptFamily:
    """The rules for prompts of one family of models. ``words``: the most words. Source: craft.md 6.1, read 2026-11-20.

    ``needs_positive_wording``: to name what must not be seen would call it up, so the prompt says what is seen instead,
    or nothing. ``has_camera_commands``: camera moves are commands in brackets.
    """

    words: int
    needs_positive_wording: bool = False
    has_camera_commands: bool = False
    sound: str = "Sound: {}."


@define_value
class Lexicon:
    """Words that the extraction looks for, each text a list with blanks between.

    ``stopwords`` by language; ``tones`` by language and tone; ``left_out`` by the English word; ``leave_out``: things
    that a picture can be without.
    """

    stopwords: Mapping[str, str]
    tones: Mapping[str, Mapping[str, str]]
    leave_out: str
    left_out: Mapping[str, str]


@define_value
class Trade:
    """The acts of a trade, each behind "somebody", and what tells it: its ``words`` and those of the emblems ``of`` it.

    ``english``: what it is, by kind of subject; ``kind``: of a subject whose noun is unknown.
    """

    does: tuple[str, ...]
    of: str = ""
    words: str = ""
    english: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""


@cache
def load_beats() -> Mapping[str, BeatRule]:
    """Load the fifteen beats by name, in the order in which an ad tells them."""
    rows = _read(dict[str, BeatRule], "beats")
    return {
        name: replace(row, followed_by=(*row.followed_by, *(one for one, rule in rows.items() if name in rule.follows)))
        for name, row in rows.items()
    }


@cache
def load_lengths() -> Mapping[int, BeatSequence]:
    """Load the default order of beats, with the length of each, by film length in milliseconds."""
    return _read(dict[int, BeatSequence], "lengths_and_counts")


@cache
def load_tones() -> Mapping[str, Tone]:
    """Load the tones by name."""
    return _read(dict[str, Tone], "tones")


@cache
def load_rates() -> Mapping[str, Rate]:
    """Load the speaking rates by language code."""
    return _read(dict[str, Rate], "rates")


@cache
def load_moods() -> Mapping[str, tuple[int, int]]:
    """Load the least and most beats a minute of each mood."""
    return _read(dict[str, tuple[int, int]], "mood_tempi")


@cache
def load_mood_uses() -> MoodUses:
    """Load which mood the music has by what a film is about: see mood_uses.yaml."""
    return _read(MoodUses, "mood_uses")


@cache
def load_lexicon() -> Lexicon:
    """Load the words by language that the extraction looks for: see lexicon.yaml."""
    return _read(Lexicon, "lexicon")


@cache
def load_words() -> Mapping[str, Mapping[str, str]]:
    """Load ``words.yaml``: by mark (what the words tell) and language, a text of words with blanks between.

    Names of platforms stand in ``platform_presets.yaml`` alone. Modules read this table when they are imported, so it
    is read without pydantic; a test reads it strictly.
    """
    words: dict[str, dict[str, str]] = _parse("words")
    for row in load_preset_rows().values():
        if names := row.get("words"):
            place = words["tall_place" if row["size"][0] < row["size"][1] else "wide_place"]
            place["any"] = f"{place['any']} {names}"
    return words


@cache
def load_preset_rows() -> Mapping[str, Mapping[str, Any]]:
    """Load the rows of ``platform_presets.yaml`` by name, as they stand there; see ``planner.presets``."""
    return _parse("platform_presets")


@cache
def load_kinds() -> Mapping[str, Mapping[str, str]]:
    """Load ``kinds.yaml``: by what a film is about and language, a text of words that tell it, with blanks between."""
    return _parse("kinds")


@cache
def load_emblem_words() -> Mapping[str, Mapping[str, str]]:
    """Load ``emblems.yaml``: by emblem and language, a text of words that call for it, with blanks between."""
    return _parse("emblems")


@cache
def load_things() -> Mapping[str, Mapping[str, str]]:
    """Load ``things.yaml``: by emblem and language, a text of nouns that name what it draws, with blanks between."""
    return _parse("things")


@cache
def load_row_words() -> Mapping[str, Mapping[str, str]]:
    """Load ``row_words.yaml``: by emblem and language, a text of words by which a step or an item calls for it."""
    return _parse("row_words")


@cache
def load_colours() -> Mapping[str, Mapping[str, str]]:
    """Load ``colours.yaml``: by colour and language, a text of words that ask for it, with blanks between."""
    return _parse("colours")


@cache
def load_beat_pictures() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Load what is seen of a subject, by beat and kind of subject: see beat_pictures.yaml."""
    return _read(dict[str, dict[str, tuple[str, ...]]], "beat_pictures")


@cache
def load_trades() -> Mapping[str, Trade]:
    """Load what people of each trade do, and the words that tell it: see trades.yaml."""
    return _read(dict[str, Trade], "trades")


@cache
def load_subjects() -> Mapping[str, Mapping[str, str]]:
    """Load the nouns that tell the kind of a subject, by kind and language, each text a list with blanks between."""
    return _read(dict[str, dict[str, str]], "subjects")


@cache
def load_scenery() -> Mapping[str, Mapping[str, str]]:
    """Load words that say how pictures look, by what they tell and language, each text a list with blanks between."""
    return _read(dict[str, dict[str, str]], "scenery")


@cache
def load_prompt_families() -> Mapping[str, PromptFamily]:
    """Load the rules for prompts by family of models, in the order in which a model's name is compared with them."""
    return _read(dict[str, PromptFamily], "prompt_families")


@cache
def load_phrase_words() -> Mapping[str, Mapping[str, str]]:
    """Load words and patterns by what they tell of a phrase, and by language or kind: see phrase_words.yaml."""
    return _read(dict[str, dict[str, str]], "phrase_words")


@cache
def load_pattern(name: str, language: str = "en") -> regex.Pattern[str]:
    """Load the regular expression ``name`` of phrase_words.yaml; it matches nothing if the language has none."""
    text = load_phrase_words()[name].get(language, "(?!)")
    for part, pattern in load_phrase_words()["part_of_pattern"].items():
        text = text.replace(f"{{{part}}}", pattern)
    return regex.compile(text, regex.I)


@cache
def load_english() -> Mapping[str, str]:
    """Load English words by what they tell of a phrase, each text a list with blanks between: see english.yaml."""
    return _read(dict[str, str], "english")


def _read(kind: type[T], name: str) -> T:
    return read_strictly(kind, _parse(name), f"{name}.yaml: ")


def _parse(name: str) -> dict[str, Any]:
    """Parse a table. Its words are compared with briefs, so they are spelt in NFKC as those are."""
    text = unicodedata.normalize("NFKC", (TABLES_DIR / f"{name}.yaml").read_text(encoding="utf-8"))
    return parse_text(text, f"{name}.yaml")


def accept_names(list_names: Callable[[], Iterable[str]]) -> ReadAs:
    """Return an annotation of text that accepts only the names that ``list_names`` returns when the text is read."""

    def check(name: str) -> str:
        if name not in (known := tuple(list_names())):
            raise ValueError(", ".join(known))
        return name

    return ReadAs(str, check)


BeatName = Annotated[str, accept_names(load_beats)]
ToneName = Annotated[str, accept_names(load_tones)]
MoodName = Annotated[str, accept_names(load_moods)]
