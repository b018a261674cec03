"""The catalogue's files: read strictly, each row with its source, its lifecycle and names that resolve."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest

import reelwright
from reelwright.catalogue.lifecycle import list_warnings
from reelwright.catalogue.models import (
    FOLDER,
    find_model,
    get_sold_model,
    is_retired,
    list_providers,
    list_sold_models,
    load_models,
    load_provider_models,
)
from reelwright.catalogue.reader import parse_rows
from reelwright.errors import BadInput
from reelwright.reel.base.yaml_rows import load_yaml, parse_yaml
from sweep import sweep

TODAY = date(2026, 11, 20)
FILES = sorted(FOLDER.glob("*.yaml"))


def test_there_is_a_file_for_every_provider() -> None:
    assert list_providers() == (
        "elevenlabs", "gemini_longrunning", "google", "kokoro", "local_text", "openai_videos", "openrouter",
        "replicate", "text",
    )  # fmt: skip
    assert len(load_models()) == sum(
        len(load_provider_models(name)) for name in list_providers()
    )  # no id stands in two files


def test_every_name_means_one_model() -> None:
    names = [name for row in load_models().values() for name in (row.id, *row.aliases)]
    assert len(names) == len(set(names))


def test_a_model_named_twice_in_a_file_is_refused_with_both_lines(tmp_path: Path) -> None:
    file = tmp_path / "models.yaml"
    file.write_text("shared: &x {unit: clip}\nmodels:\n  toy-1: {prices: *x}\n  toy-2: {prices: *x}\n  toy-1: {}\n")
    with pytest.raises(BadInput) as refused:
        load_yaml(file)
    assert (refused.value.field, refused.value.value) == ("models.yaml line 5", "models.toy-1")
    assert "line 3" in refused.value.accepted


def test_no_key_of_a_file_that_ships_stands_twice() -> None:
    with sweep() as case:
        for path in sorted(Path(reelwright.__file__).parent.rglob("*.yaml")):
            with case(path.name):
                load_yaml(path)


def test_a_row_says_where_it_was_read_and_what_follows_it() -> None:
    with sweep() as case:
        for row in load_models().values():
            with case(row.id):
                assert row.source and row.lifecycle.source and row.as_of <= TODAY
                if row.lifecycle.successor:
                    assert not is_retired(load_models()[row.lifecycle.successor], TODAY)
                if not is_retired(row, TODAY):
                    assert row.modes and row.licence and row.latency_s[1] >= row.latency_s[0] > 0
                    assert (row.resubmit == "free") == (row.prices.unit == "nothing")


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("hailuo_fast", "hailuo-2.3-fast"), ("veo", "replicate-veo-3.1"), ("veo_fast", "replicate-veo-3.1-fast"),
        ("wan", "wan-2.1"), ("kling", "kling-v2.5-turbo-pro"), ("flux_dev", "flux-dev"), ("mochi", "local-mochi-1"),
        ("claude", "claude-sonnet-5-5"), ("omni", "gemini-omni-1.2-flash"), ("elevenlabs", "eleven_multilingual_v2"),
    ],
)  # fmt: skip
def test_an_old_short_name_still_means_its_model(old: str, now: str) -> None:
    assert get_sold_model(old, TODAY).id == now


@pytest.mark.parametrize(
    ("gone", "successor", "difference"),
    [
        ("veo-3.0", "gemini-omni-1.1-flash", "$0.1014 instead of $0.40 a second at 720p: $0.2986 less"),
        ("veo-3.1-generate-preview", "gemini-omni-1.1-flash", "$0.2986 less"),
        ("veo-3.1-fast-generate-preview", "gemini-omni-1.1-flash", "$0.0014 more"),
        ("veo-3.1-lite-generate-preview", "gemini-omni-1.1-flash", "$0.0514 more"),
        ("gpt-4", "gpt-6.1-sol", ""),
        ("gemini-omni-flash-preview", "gemini-omni-1.1-flash", ""),
        ("sora-2", "names no successor", ""),
    ],
)
def test_a_retired_model_is_refused_with_its_successor_and_the_difference(
    gone: str, successor: str, difference: str
) -> None:
    with pytest.raises(BadInput) as refused:
        get_sold_model(gone, TODAY)
    assert successor in refused.value.accepted and difference in refused.value.accepted
    assert "retired" in refused.value.hint


def test_a_model_that_is_sold_elsewhere_still_says_where() -> None:
    with pytest.raises(BadInput) as refused:
        get_sold_model("veo-3.1-generate-preview", TODAY)
    assert "sold on Vertex as vertex-veo-3.1" in refused.value.hint


def test_what_openrouter_sells_is_said_in_the_words_of_its_own_client() -> None:
    from openrouter.components import videomodel

    def words(union: Any) -> set[str]:
        return {word.lower() for part in get_args(union) for word in get_args(part) if isinstance(word, str)}

    aspects, resolutions = words(videomodel.SupportedAspectRatio), words(videomodel.SupportedResolution)
    for row in list_sold_models("openrouter", TODAY):
        assert set(row.aspects) <= aspects and set(row.resolutions) <= resolutions, row.id


@pytest.mark.parametrize(
    ("name", "seller"), [("veo-3.1-fast", "openrouter"), ("veo-3.0-fas", ""), ("nothing-like-it", "")]
)
def test_no_retired_model_is_named_in_place_of_an_unknown_one(name: str, seller: str) -> None:
    with pytest.raises(BadInput) as refused:
        get_sold_model(name)
    named = refused.value.accepted.partition("such as ")[2].split(", ")
    assert named[0] and not any(is_retired(find_model(one)) for one in named)
    assert not seller or f"{seller}-{name}" in named


def test_an_unknown_model_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(BadInput, match=r"hailuo-2\.3-fast"):
        get_sold_model("hailuo-2.3-fats", TODAY)


def test_a_model_whose_day_has_come_is_retired_and_one_whose_day_is_disputed_is_warned_of() -> None:
    assert not is_retired(find_model("claude-sonnet-4-5"), date(2026, 11, 30))
    assert is_retired(find_model("claude-sonnet-4-5"), date(2026, 12, 1))
    veo = find_model("vertex-veo-3.1")
    assert not is_retired(veo, date(2027, 6, 1))
    assert "may be gone since 2026-11-17" in list_warnings(veo, TODAY)[0]
    assert "retires on 2026-11-17, in 16 days" in list_warnings(veo, date(2026, 11, 1))[0]
    assert list_warnings(veo, date(2026, 8, 1)) == ()


def test_what_should_be_known_before_buying_is_warned_of() -> None:
    assert "in 10 days; its successor is claude-sonnet-5-5" in list_warnings(find_model("claude-sonnet-4-5"), TODAY)[0]
    assert "retires on 2027-01-14, in 55 days" in list_warnings(find_model("gpt-4o"), TODAY)[0]
    assert "deprecated" in list_warnings(find_model("gpt-4o"), date(2026, 9, 1))[0]
    assert any("not for commercial" in said for said in list_warnings(find_model("musicgen"), TODAY))
    assert any("not confirmed" in said for said in list_warnings(find_model("hailuo-2.3"), TODAY))
    assert list_warnings(find_model("openrouter-veo-3.1"), TODAY) == ()


def test_what_is_sold_leaves_out_what_is_retired() -> None:
    assert "veo-3.0" not in {row.id for row in list_sold_models("gemini_longrunning", TODAY)}
    assert "veo-3.0" in load_provider_models("gemini_longrunning")


ROW: dict[str, Any] = {
    "name": "M", "sold_as": "m/m", "kind": "video", "modes": ["text_to_video"], "seconds": [5, 10],
    "aspects": ["16:9"], "resolutions": ["720p"],
    "prices": {"unit": "second", "rates": [{"usd": "0.05", "resolution": ["720p"]}]}, "latency_s": [10, 20],
    "lifecycle": {"stage": "current", "source": "s"}, "licence": "l", "source": "s", "as_of": date(2026, 11, 1),
    "certain": True, "options": {"style": ["a", "b"]}, "failures": {"failed": "free", "source": "s"},
}  # fmt: skip


def without(key: str) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.pop(key)


def put(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda row: row.__setitem__(key, value)


def rates(*rows: dict[str, Any], unit: str = "second", **more: Any) -> Callable[[dict[str, Any]], None]:
    return put("prices", {"unit": unit, "rates": list(rows), **more})


def test_a_right_row_is_read() -> None:
    assert parse_rows({"models": {"m": dict(ROW)}}, "p", "p.yaml")["m"].seconds == (5, 10)


def test_what_is_billed_where_nothing_came_is_said_for_a_whole_file_or_for_a_row() -> None:
    alike = {"failed": "billed", "filtered": "free", "source": "theirs"}
    bare = {key: value for key, value in ROW.items() if key != "failures"}
    rows = parse_rows({"failures": alike, "models": {"m": dict(ROW), "n": bare}}, "p", "p.yaml")
    assert (rows["m"].failures.on_failure, rows["n"].failures.on_failure) == ("free", "billed")
    assert rows["n"].failures.on_cancel == "unknown", "what no source says, nobody knows"


def test_a_row_that_costs_says_what_is_billed_where_nothing_came() -> None:
    rows = load_models().values()
    assert not [
        row.id
        for row in rows
        if not (row.failures.source or row.prices.unit == "nothing" or row.lifecycle.stage == "retired")
    ]


def test_a_wrong_row_is_refused_by_file_row_and_key() -> None:
    wrong: list[tuple[Callable[[dict[str, Any]], None], str]] = [
        (put("colour", "red"), "m"),
        *[(without(key), f"m.{key}") for key in ("name", "sold_as", "kind", "modes", "prices", "source", "as_of",
                                                 "certain", "licence", "lifecycle", "latency_s", "failures")],
        (put("failures", {"failed": "free"}), "m.failures"),
        (put("failures", {"failed": "maybe", "source": "s"}), "m.failures.failed"),
        (put("failures", {"lost": "free", "source": "s"}), "m.failures"),
        (put("source", "  "), "m.source"),
        (put("source", None), "m.source"),
        (put("as_of", "November"), "m.as_of"),
        (put("kind", "film"), "m.kind"),
        (put("modes", ["speech"]), "m.modes"),
        (put("modes", ["reference_to_video"]), "m.references"),
        (put("seconds", [0]), "m.seconds"),
        (put("seconds", [10, 5]), "m.seconds"),
        (put("seconds", [5.0]), "m.seconds"),
        (put("seconds", {"least": 1}), "m.seconds"),
        (put("aspects", ["wide"]), "m.aspects.0"),
        (put("aspects", [969]), "m.aspects.0"),
        (put("samples", 1.5), "m.samples"),
        (put("samples", True), "m.samples"),
        (put("certain", "yes"), "m.certain"),
        (put("latency_s", [20, 10]), "m.latency_s"),
        (put("latency_s", [1.5, 10]), "m.latency_s.0"),
        (put("options", {"x": 1.5}), "m.options.x"),
        (put("options", {"x": {"least": 0.5, "most": 1}}), "m.options.x.least"),
        (put("options", {"x": {"least": 1}}), "m.options.x"),
        (put("options", {"x": []}), "m.options.x"),
        (put("limits", [{"said": "x"}]), "m.limits.0"),
        (put("limits", [{"needs": {"seconds": [5]}}]), "m.limits.0.said"),
        (put("limits", [{"needs": {"length": [5]}, "said": "x"}]), "m.limits.0"),
        (put("limits", [{"needs": {"seconds": [5.5]}, "said": "x"}]), "m.limits.0.needs.seconds.0"),
        (rates({"usd": 0.05}), "m.prices.rates.0.usd"),
        (rates({"usd": "-1"}), "m.prices.rates.0.usd"),
        (rates({"usd": "0.0000001"}), "m.prices.rates.0.usd"),
        (rates({"resolution": ["720p"]}), "m.prices.rates.0.usd"),
        (rates({"usd": "1", "resolution": ["4k"]}), "m.prices"),
        (rates(), "m.prices.rates"),
        (rates({"usd": "1"}, unit="hour"), "m.prices.unit"),
        (rates({"usd": "1"}, unit="million_tokens"), "m.prices.rates"),
        (rates({"usd": "1"}, unit="machine_second"), "m.prices.most"),
        (put("lifecycle", {"stage": "current"}), "m.lifecycle.source"),
        (put("lifecycle", {"stage": "ga", "source": "s"}), "m.lifecycle.stage"),
        (put("lifecycle", {"stage": "current", "source": "s", "retires": "soon"}), "m.lifecycle.retires"),
    ]  # fmt: skip
    with sweep() as case:
        for number, (change, field) in enumerate(wrong):
            with case(f"{number} {field}"):
                row = dict(ROW)
                change(row)
                with pytest.raises(BadInput) as refused:
                    parse_rows({"models": {"m": row}}, "p", "p.yaml")
                assert refused.value.field == f"p.yaml: {field}"


@pytest.mark.parametrize("text", [b"", b"models: {}", b"models: [1]", b"other: 1", b"{", b"\xff", b"- a"])
def test_a_file_that_is_no_catalogue_is_refused_by_name(text: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        parse_rows(parse_yaml(text, "p.yaml"), "p", "p.yaml")
    assert refused.value.field.startswith("p.yaml")
