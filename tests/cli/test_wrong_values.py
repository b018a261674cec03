"""What the command line says of a wrong value: the option as it is typed, the value itself, and what is accepted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bad_briefs import BAD_BRIEFS
from reelwright.errors import BadInput
from reelwright.settings import load_settings

BRIEF = 'Name: "Volt cup". 60 °C at noon'


def refuse(ran: Any) -> tuple[str, dict[str, Any]]:
    """Return the sentence on standard error, and the JSON of the error."""
    assert ran.code == 2, ran.err
    return ran.err.splitlines()[0].removeprefix("reelwright: "), ran.json["error"]


@pytest.mark.parametrize(
    ("args", "option", "field", "value"),
    [
        (("make", BRIEF, "--image", "nosuch.png"), "--image", "images", "nosuch.png"),
        (("make", BRIEF, "--clip", "nosuch.mp4"), "--clip", "clips", "nosuch.mp4"),
        (("make", BRIEF, "--reference", "product=nosuch.png"), "--reference", "references", "nosuch.png"),
        (("make", BRIEF, "--short-side", "5"), "--short-side", "short_side", "5"),
        (("make", BRIEF, "--short-side=wide"), "--short-side", "short_side", "wide"),
        (("make", BRIEF, "--variation=-1"), "--variation", "variation", "-1"),
        (("make", BRIEF, "--rehearse", "--rehearse-faults", "99"), "--rehearse-faults", "rehearse_faults", 99.0),
        (("make", BRIEF, "--rehearse-speed", "9"), "--rehearse-speed", "rehearse_speed", 9.0),
        (("make", BRIEF, "--length", "5", "--length", "6"), "--length", "length", "given twice"),
        (("clip", BRIEF, "--samples", "9"), "--samples", "samples", "9"),
        (("models", "--kind", "dream"), "--kind", "kind", "dream"),
        (("spend", "limit", "set", "provider", "openrouter", "--open", "x"), "--open", "open", "x"),
        (("make", "nosuch.md"), "script", "script", "nosuch.md"),
        (("priority", "last", "urgent"), "place", "place", "urgent"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named_by_the_option_that_was_typed(
    reelwright, args: tuple[str, ...], option: str, field: str, value: object
) -> None:
    """The field of the JSON is the one of Python; the value is itself, not its repr."""
    text, error = refuse(reelwright(*args, "--json"))
    assert text.startswith(f"{option}: {value!r} is not accepted; accepted: ")
    assert (error["field"], error["value"]) == (field, value)
    assert error["reason"]["params"] == {"field": field, "value": value, "accepted": error["accepted"]}


@pytest.mark.parametrize(
    ("option", "value", "accepted"),
    [
        ("--variation", "-1", "a whole number, 0 or more"),
        ("--short-side", "wide", "a whole number from 90 to 2160"),
        ("--rehearse-faults", "ten", "a number"),
    ],
)
def test_a_number_that_the_parser_refuses_is_told_with_its_range(reelwright, option, value, accepted) -> None:
    _, error = refuse(reelwright("make", BRIEF, f"{option}={value}", "--json"))
    assert error["accepted"] == accepted


@pytest.mark.parametrize("option", ["--image", "--clip"])
def test_a_file_of_another_kind_is_named_by_its_option(reelwright, tmp_path: Path, option: str) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("hello")
    text, error = refuse(reelwright("make", BRIEF, option, str(file), "--json"))
    assert text.startswith(f"{option}: 'notes.txt' is not accepted") and error["accepted"].endswith("this is text")


def test_a_brief_that_is_the_path_of_a_folder_is_refused(reelwright, tmp_path: Path) -> None:
    text, _ = refuse(reelwright("make", str(tmp_path), "--json"))
    assert text.startswith("brief: ") and text.endswith("this is a folder")
    assert reelwright("plan", "tests", "--json").code == 0, "a word is a brief, whatever a folder is called"


def test_a_brief_that_says_nothing_is_told_once_what_it_lacks(reelwright) -> None:
    said = reelwright("make", "make a cool video").err
    assert "when and where" in said and "say its" not in said


def test_an_unknown_column_is_named(reelwright, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("prompt,colour\na cat,red\n")
    text, error = refuse(reelwright("batch", str(rows), "--quote", "--json"))
    assert error["value"] == "colour" and error["field"].startswith("row 1") and "'red'" not in text


def test_an_unknown_key_is_named(reelwright, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text("beats:\n  - colour: red\n")
    _, error = refuse(reelwright("make", BRIEF, "--plan", str(plan), "--json"))
    assert error["value"] == "colour" and error["field"].startswith("plan.yaml")


def test_a_variable_is_named_as_it_is_set(reelwright) -> None:
    text, error = refuse(reelwright("projects", "--json", REELWRIGHT_NONSENSE_BASE_URL="https://a.example"))
    assert error["value"] == "nonsense" and "a.example" not in text
    for name, value in (("HANDS", "x"), ("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud"), ("RETIRED", "ask")):
        _, error = refuse(reelwright("projects", "--json", **{f"REELWRIGHT_{name}": value}))
        assert (error["field"], error["value"]) == (f"REELWRIGHT_{name}", value)


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ("a: [b\nc: d\n", "plan.yaml line 2", "c: d"),
        ("a: b: c\n", "plan.yaml line 1", "a: b: c"),
        ("title: \x01\n", "plan.yaml", "U+0001"),
        ('{"a": 1,\n"b" 2}', "plan.yaml line 2", '"b" 2}'),
    ],
)
def test_a_line_that_is_no_yaml_is_shown(reelwright, tmp_path: Path, body: str, field: str, value: str) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(body)
    text, error = refuse(reelwright("make", BRIEF, "--plan", str(plan), "--json"))
    assert (error["field"], error["value"]) == (field, value) and "parsing" not in text and "unicode" not in text


@pytest.mark.parametrize(
    ("option", "value", "needed"),
    [
        ("--archetype", "testimonial", "planner"),
        ("--stills", "flux-dev", "model"),
        ("--resolution", "720p", "model"),
        ("--rehearse-faults", "10", "--rehearse"),
    ],
)
def test_an_option_says_what_it_needs_beside_it(reelwright, option: str, value: str, needed: str) -> None:
    text, error = refuse(reelwright("make", BRIEF, option, value, "--json"))
    assert text.startswith(f"{option}: ") and error["accepted"].startswith(f"only together with {needed}")
    assert "nothing" not in error["accepted"]


@pytest.mark.parametrize("line", ["database: postgresql://u:hunter2-canary@h/db: x", 'database: "hunter2-canary'])
def test_a_line_of_the_settings_that_cannot_be_read_is_named_and_not_quoted(reelwright, home: Path, line: str) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.yaml").write_text(f"hands: 2\n{line}\n")
    ran = reelwright("projects", "--json")
    assert ran.code == 2 and "settings.yaml line 2" in ran.err
    assert "canary" not in ran.err + ran.out
    with pytest.raises(BadInput) as caught:
        load_settings({}, home=home)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("verb", ["make", "quote", "plan"])
def test_a_file_in_the_place_of_a_brief_is_pointed_to_script(reelwright, tmp_path: Path, verb: str) -> None:
    file = tmp_path / "s.txt"
    file.write_text(f"# Fenn\n\n{BRIEF}\n")
    text, error = refuse(reelwright(verb, str(file), "--json"))
    assert (error["field"], error["value"]) == ("brief", str(file)) and ".md" in text
    assert error["reason"]["actions"] == [{"kind": "pass_option", "option": "script", "value": str(file)}]
    _, error = refuse(reelwright(verb, "long/" * 2000, "--json"))
    assert error["reason"]["code"] == "nothing_to_show", "a long text is no path"


def test_an_option_without_its_value_points_to_the_help_of_its_verb(reelwright) -> None:
    for args, verb in (
        (("edit", "last", "--words"), "edit"),
        (("spend", "budget", "set", "--usd"), "spend budget set"),
    ):
        _, error = refuse(reelwright(*args[:-1], "--json", args[-1]))
        assert error["hint"].endswith(f" {verb} --help")


@pytest.mark.parametrize("name", BAD_BRIEFS)
def test_a_brief_that_is_no_brief_is_refused_with_one_sentence_before_anything_is_made(
    reelwright, home: Path, name: str
) -> None:
    brief, accepted = BAD_BRIEFS[name]
    for args in (("make", brief), ("make", "-"), ("write", brief)):
        ran = reelwright(*args, "--json", stdin=brief)
        text, error = refuse(ran)
        assert error["field"] == "brief" and accepted in error["accepted"], (name, args)
        assert len(text) < 400 and "Traceback" not in ran.err
    assert not home.exists()


def test_a_file_that_is_there_is_named_with_how_it_is_read(reelwright, tmp_path: Path) -> None:
    (tmp_path / "s.txt").write_text("A film for “Fenn”, a desk lamp")
    ran = reelwright("make", str(tmp_path / "s.txt"), "--json")
    _, error = refuse(ran)
    assert error["field"] == "brief" and "- <" in error["hint"]


@pytest.mark.parametrize(
    "brief", ["A film for “Fenn” at fenn.example", "Fenn: <b>never</b> flickers", "Show page.html in a browser, slowly"]
)
def test_words_with_a_tag_or_a_file_name_in_them_are_a_brief(reelwright, brief: str) -> None:
    assert reelwright("make", brief, "--quote", "--json").code == 0
