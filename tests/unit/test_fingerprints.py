"""Fingerprints: those of every release hold for ever, and only what determines a result is in them."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from reelwright.reel.base.canonical import _plain, compute_digest, compute_fingerprint, encode_canonical
from reelwright.reel.base.ids import get_mint_time, mint
from reelwright.reel.base.value import Digest, Fingerprint, StepKey
from reelwright.reel.graph.graph import EPOCH, Step, compute_step_fingerprint
from reelwright.reel.graph.request import Input, Request, compute_request_digest, to_fingerprint_fields
from unit.golden.record import GOLDEN, digests, of_the_rich_plan

texts = st.text(max_size=20)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("release", json.loads(GOLDEN.read_text(encoding="utf-8")))
def test_no_release_changes_a_fingerprint_of_an_older_one(release: str):
    """A paid fingerprint that moved would be bought again. Our own kinds move with their epoch, on purpose."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[release]
    epochs, now = golden["epochs"], of_the_rich_plan()
    for key, fp in golden["fingerprints"].items():
        if epochs[fp.split(":")[0]] == EPOCH[fp.split(":")[0]]:  # type: ignore[index]
            assert now[key] == fp, f"{key} moved: raise the epoch of our own kinds; a paid one must not move at all"


@pytest.mark.parametrize("release", json.loads(GOLDEN.read_text(encoding="utf-8")))
def test_no_release_changes_another_digest_of_an_older_one(release: str):
    """A command, a circle or a scripted shot whose digest moved would not be found again."""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))[release]
    now = digests()
    assert {name: now[name] for name in golden["digests"]} == golden["digests"]


def test_paid_kinds_never_change_their_epoch():
    assert {kind: EPOCH[kind] for kind in ("words", "still", "take", "voice", "bed")} == {
        "words": 1, "still": 1, "take": 1, "voice": 1, "bed": 1,
    }  # fmt: skip


def test_a_field_left_at_its_default_is_not_said():
    assert to_fingerprint_fields(Request(model="m", mode="take", prompt="p")) == {
        "model": "m",
        "mode": "take",
        "prompt": "p",
    }
    assert to_fingerprint_fields(Request(model="m", mode="take", prompt="p", samples=2))["samples"] == 2


def test_the_part_of_a_take_that_is_read_is_in_the_fingerprint_and_what_we_extract_is_not():
    def step(part: str) -> Step:
        needed = Input(role="first_frame", of=StepKey("take/a"), part=part)  # type: ignore[arg-type]
        return Step(
            key=StepKey("take/b"), kind="take", request=Request(model="m", mode="t", prompt="p", inputs=(needed,))
        )

    def fp(part: str) -> Fingerprint | None:
        return compute_step_fingerprint(step(part), {step(part).inputs[0]: Digest("take's own bytes")})

    assert fp("last_frame") != fp("whole") and fp("last_frame") == fp("last_frame")


def test_a_step_s_place_in_the_plan_is_not_in_its_fingerprint():
    request = Request(model="m", mode="take", prompt="p")
    one, other = (Step(key=StepKey(k), kind="take", request=request) for k in ("take/a", "take/b"))
    assert compute_step_fingerprint(one, {}) == compute_step_fingerprint(other, {})


def test_a_circle_s_request_holds_the_step_that_it_continues():
    one = Request(model="m", mode="t", prompt="p", inputs=(Input(role="first_frame", of=StepKey("take/a")),))
    other = replace(one, inputs=(Input(role="first_frame", of=StepKey("take/b")),))
    assert compute_request_digest(one) != compute_request_digest(other)


def test_a_float_is_refused_wherever_it_hides():
    for value in (1.0, [1.5], {"a": {"b": 0.0}}):
        with pytest.raises(TypeError, match="no floats"):
            encode_canonical(value)


@given(plain)
def test_canonical_bytes_are_json_of_the_same_value(value: object):
    def nfc(v: object) -> object:
        if isinstance(v, str):
            return unicodedata.normalize("NFC", v)
        if isinstance(v, list):
            return [nfc(x) for x in v]
        if isinstance(v, dict):
            return {nfc(k): nfc(x) for k, x in v.items()}
        return v

    assert json.loads(encode_canonical(value)) == nfc(value)


ODD = st.text(st.characters(exclude_categories=())) | st.text(
    st.sampled_from('\x00\x1f\x7f"\\/\b\n\u2028\ue000\U0001f600é')
)


@given(st.recursive(st.none() | st.booleans() | st.integers() | ODD, lambda v: st.lists(v) | st.dictionaries(ODD, v)))
def test_canonical_bytes_are_what_the_reference_writes_or_refuses(value: object):
    plain_ = _plain(value)
    try:
        expected = rfc8785.dumps(plain_)
    except ValueError as error:
        with pytest.raises(type(error)):
            encode_canonical(value)
    else:
        assert encode_canonical(value) == expected


@given(st.dictionaries(texts, plain, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_keys_does_not_matter(value: dict[str, object], dice: object):
    keys = list(value)
    dice.shuffle(keys)  # type: ignore[attr-defined]
    assert compute_digest(value) == compute_digest({k: value[k] for k in keys})


def test_the_same_letters_in_two_spellings_are_one():
    assert compute_digest("é") == compute_digest("é")


@given(st.lists(texts, min_size=2, max_size=2, unique_by=lambda t: unicodedata.normalize("NFC", t)))
def test_different_values_have_different_fingerprints(pair: list[str]):
    assert compute_fingerprint("take", pair[0]) != compute_fingerprint("take", pair[1])


def test_ids_sort_by_the_time_of_their_making_and_tell_it():
    first, second = mint("shot"), mint("shot")
    assert first != second and get_mint_time(first) <= get_mint_time(second)
    assert first.startswith("shot_") and len(first) == len("shot_") + 36
