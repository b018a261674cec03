"""A mutated catalogue, mood, instrument or look is read, or refused by file and key, never with a traceback."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright.catalogue.models import FOLDER
from reelwright.catalogue.reader import parse_rows
from reelwright.errors import BadInput
from reelwright.media import looks, sound
from reelwright.media.sound.moods import Mood
from reelwright.media.sound.sounds import Sound
from reelwright.media.staging.look import Look
from reelwright.reel.base.strict_model import read_strictly
from reelwright.reel.base.yaml_rows import load_yaml, parse_yaml

SOUND, LOOKS = Path(sound.__file__).parent, Path(looks.__path__[0])
READERS: dict[Path, Callable[[Any, str], Any]] = {
    SOUND / "moods.yaml": lambda values, name: read_strictly(dict[str, Mood], values, name),
    SOUND / "sounds.yaml": lambda values, name: read_strictly(dict[str, Sound], values, name),
    LOOKS / "slam" / "look.yaml": lambda values, name: read_strictly(Look, values, name),
    **{path: lambda values, name: parse_rows(values, "p", name) for path in sorted(FOLDER.glob("*.yaml"))},
}
WRONG: tuple[Any, ...] = (None, "x", -1.5, [], {"x": None})


def list_mutations(value: Any) -> Iterator[Callable[[Any], None]]:
    """List functions that each drop, add or replace one key or item of a value like ``value``."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield lambda whole, key=key: whole.__delitem__(key)
        for wrong in WRONG:
            yield lambda whole, key=key, wrong=wrong: whole.__setitem__(key, copy.deepcopy(wrong))
        for change in list_mutations(inner):
            yield lambda whole, key=key, change=change: change(whole[key])
    if isinstance(value, dict):
        yield lambda whole: whole.__setitem__("colour", "red")
        yield lambda whole: whole.__setitem__(7, {})


def take_first_row(values: dict[str, Any]) -> dict[str, Any]:
    """Return ``values`` with the first row of its table: the others are alike."""
    if "palette" in values:
        return values
    if "models" not in values:
        return dict(list(values.items())[:1])
    return {**values, "models": take_first_row(values["models"])}


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_a_changed_file_is_read_or_refused_by_file_and_key(path: Path) -> None:
    values = take_first_row(load_yaml(path))
    READERS[path](values, path.name)
    for change in list_mutations(values):
        changed = copy.deepcopy(values)
        change(changed)
        try:
            READERS[path](changed, path.name)
        except BadInput as refused:
            assert refused.field.startswith(path.name) and refused.accepted


def test_an_unknown_key_is_refused_with_the_known_ones() -> None:
    path = SOUND / "sounds.yaml"
    with pytest.raises(BadInput) as refused:
        READERS[path]({"piano": {"engine": "struck", "atack": 0.1}}, f"{path.name}: ")
    assert (refused.value.field, refused.value.value) == ("sounds.yaml: piano", "atack")
    assert "attack" in refused.value.accepted


@pytest.mark.parametrize(
    ("change", "field", "accepted"),
    [
        (lambda row: row["chords"]["a"].append("H7"), "moods.yaml: tech.chords.a.4", "a root and one of"),
        (lambda row: row.update(scale="blues"), "moods.yaml: tech.scale", "dorian"),
        (lambda row: row.update(tonic="H"), "moods.yaml: tech.tonic", "a note such as A"),
        (lambda row: row["parts"]["bass"].pop("sound"), "moods.yaml: tech.parts.bass.sound", "this key"),
        (lambda row: row["button"].update(rest="1"), "moods.yaml: tech.button.rest", "a number"),
    ],
)
def test_a_wrong_mood_is_refused_by_key(change: Callable[[Any], None], field: str, accepted: str) -> None:
    path = SOUND / "moods.yaml"
    values = load_yaml(path)
    change(values["tech"])
    with pytest.raises(BadInput) as refused:
        READERS[path](values, f"{path.name}: ")
    assert refused.value.field == field and accepted in refused.value.accepted


def test_a_look_without_a_length_or_colour_is_refused() -> None:
    path = LOOKS / "slam" / "look.yaml"
    for key, inner in (("frames", "hit"), ("sizes", "echo"), ("palette", "paper"), ("ease", "in")):
        values = load_yaml(path)
        del values[key][inner]
        with pytest.raises(BadInput) as refused:
            READERS[path](values, f"{path.name}: ")
        assert refused.value.field.startswith(f"look.yaml: {key}")


@pytest.mark.parametrize("text", [b"a: [", b"\xff", b"day: 2026-02-30", b"? [a]\n: 1"])
def test_text_that_is_no_yaml_is_refused_by_file(text: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        parse_yaml(text, "x.yaml")
    assert refused.value.field.removesuffix(" line 1") == "x.yaml"
    assert not {"while parsing", "codec", "month", "unhashable"} & {refused.value.value, refused.value.accepted}
