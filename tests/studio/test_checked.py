"""What a door is given is checked before anything is written, and every refusal says what is accepted."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import BadInput, NeedsConsent, OverBudget
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.consent import require_consent
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.runtime.name_resolution import resolve_shot
from reelwright.units import Micros, format_usd, parse_usd
from studio.plans import plan


@pytest.mark.parametrize("text", ["", "   ", " \u200b\ufeff\u3000\n", "a" * 100_000, "a\x00b", "\ud800", 7, None])
def test_a_brief_without_words_or_with_too_many_is_refused(text):
    with pytest.raises(BadInput) as raised:
        validation.check_text("brief", text)
    assert raised.value.field == "brief" and raised.value.accepted


@pytest.mark.parametrize("text", ["x", "Ａ lamp", "مصباح", "two\nlines\tand a tab", "👩‍👩‍👧 {\\an8} <b> %0"])
def test_words_in_any_script_are_taken_as_they_are(text):
    assert validation.check_text("brief", text)


@pytest.mark.parametrize(
    "length", [0, -1, math.nan, math.inf, 36_000, "10h", "10:00:00", "", "abc", "-5s", True, "1e3", [], "٢٠"]
)
def test_a_length_that_no_film_has_is_refused(length):
    with pytest.raises(BadInput) as raised:
        validation.parse_milliseconds("length", length)
    assert raised.value.field == "length"


@pytest.mark.parametrize(
    ("length", "ms"),
    [(20, 20_000), (7.5, 7_500), ("20s", 20_000), ("0:20", 20_000), ("1:05", 65_000), (4.9999999, 5_000)],
)
def test_a_length_is_read_as_it_is_said(length, ms):
    assert validation.parse_milliseconds("length", length) == ms


@given(st.one_of(st.text(), st.floats(), st.integers()))
def test_any_length_is_milliseconds_or_bad_input(value):
    try:
        ms = validation.parse_milliseconds("length", value)
    except BadInput:
        return
    assert ms is not None and 1000 <= ms <= 600_000


@pytest.mark.parametrize(
    "budget", ["-1", "nan", "a lot", -1, math.nan, "1e12", 0.0000001, True, "1_0", "+5", "\u0661", "1e3", [], {}]
)
def test_a_budget_that_is_no_amount_is_refused(budget):
    with pytest.raises(BadInput) as raised:
        validation.parse_money(budget)
    assert raised.value.field == "budget"


@given(st.integers(0, 10**12))
def test_money_survives_its_spelling(micros):
    assert parse_usd(format_usd(micros)) == micros


def _quote(micros: int, unknown: tuple[str, ...] = ()) -> ProjectQuote:
    return ProjectQuote(
        wanted_steps=("take/a",),
        up_to_date=0,
        micros=Micros(micros),
        max_duration_s=1.0,
        min_duration_s=1.0,
        unknown_price_steps=unknown,
    )


def test_what_costs_nothing_needs_no_consent():
    assert require_consent(_quote(0), False, None).by == "free"


def test_a_price_stops_until_somebody_agrees():
    with pytest.raises(NeedsConsent):
        require_consent(_quote(400_000), False, None)
    assert require_consent(_quote(400_000), True, None).ceiling == 400_000
    assert require_consent(_quote(400_000), False, "5").ceiling == 5_000_000


def test_a_budget_below_the_quote_starts_nothing_even_with_yes():
    with pytest.raises(OverBudget):
        require_consent(_quote(400_000), True, "0.39")


def test_an_unknown_price_is_asked_for_never_guessed():
    with pytest.raises(NeedsConsent):
        require_consent(_quote(0, ("take/a",)), True, "5")


def test_what_one_step_may_cost_whose_price_nobody_knows_is_agreed_to_by_naming_it():
    consent = require_consent(_quote(400_000, ("take/a", "take/b")), True, None, False, "0.30")
    assert (consent.ceiling, consent.unknown_at_most) == (1_000_000, 300_000)
    with pytest.raises(OverBudget):
        require_consent(_quote(400_000, ("take/a", "take/b")), False, "0.99", False, "0.30")
    for wrong in ("0", "-1", "some"):
        with pytest.raises(BadInput, match="unknown_at_most"):
            require_consent(_quote(0, ("take/a",)), True, None, False, wrong)


def test_a_price_without_a_reliable_source_is_agreed_to_by_name_only():
    quote = _quote(400_000).replace(unconfirmed_price_steps=("take/a",))
    for agreed in ((True, None), (False, "5")):
        with pytest.raises(NeedsConsent, match="not confirmed"):
            require_consent(quote, *agreed)
        assert require_consent(quote, *agreed, accept_unconfirmed=True).may_buy_unconfirmed


def test_a_yes_to_a_price_that_was_shown_is_to_no_more_than_that_one():
    shown = _quote(400_000).replace(expires_at=datetime(2026, 11, 21, tzinfo=UTC))
    with pytest.raises(NeedsConsent, match=r"\$0\.50 now, and \$0\.40 was agreed to"):
        require_consent(_quote(500_000), shown)
    with pytest.raises(NeedsConsent, match="was agreed to"):
        require_consent(_quote(500_000), _quote(0))
    less = require_consent(_quote(300_000), shown)
    assert (less.ceiling, less.by, less.expires_at) == (300_000, "yes", shown.expires_at)
    assert require_consent(_quote(500_000), shown, "5").ceiling == 5_000_000, (
        "a budget is what is meant where one is said"
    )


def test_a_yes_lapses_with_its_quote_and_a_budget_does_not():
    quote = _quote(400_000).replace(expires_at=datetime(2026, 11, 21, tzinfo=UTC))
    assert (
        require_consent(quote, True).expires_at == quote.expires_at
        and require_consent(quote, False, "5").expires_at is None
    )


@pytest.mark.parametrize(
    ("said", "micros"), [("-0.10", -100_000), ("0.10", 100_000), (-2, -2_000_000), ("-$1", -1_000_000)]
)
def test_an_amount_of_a_correction_may_be_less_than_nothing(said, micros):
    assert validation.parse_signed_money("usd", said) == micros


@pytest.mark.parametrize("said", ["--1", "-", "", "+-1", "nan", True, None, "1e12", "-0.0000001"])
def test_what_is_no_amount_of_a_correction_is_refused(said):
    with pytest.raises(BadInput, match="usd"):
        validation.parse_signed_money("usd", said)


@pytest.mark.parametrize("called", [0, 3, -1, "9", "x", True, 1.5, None])
def test_a_shot_that_is_not_there_is_refused_with_those_that_are(called):
    with pytest.raises(BadInput, match="1 to 2"):
        resolve_shot(plan(), called)


def test_a_shot_is_named_by_its_number_or_id():
    made = plan()
    assert resolve_shot(made, 2) == resolve_shot(made, "2") == resolve_shot(made, made.shots[1].id)
