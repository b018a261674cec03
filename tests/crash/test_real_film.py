"""kill -9 at every label that a real make passes, on both databases: the same film, each step obtained once."""

from __future__ import annotations

import pytest

from crash.makes import MAKE, RESUME, Makes

LABELS = ("C01", "C02", "C05", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C20")
"""What a film drawn on this machine passes; C06, C07 and C19 are of remote operations: test_kills has them."""
ONCE = ("C16", "C20")
OPENED = {"C09": 2, "C10": 2, "C11": 2}
"""At the first visit it is written down whose the vault is, before there is a project that could be resumed."""
QUICK = [
    pytest.param("sqlite", "C15", id="sqlite-C15"),
    pytest.param("postgres", "C12", id="postgres-C12", marks=pytest.mark.postgres),
]
EVERY = [(label, visit) for label in LABELS for visit in ((1,) if label in ONCE else (1, 2))]


def kill_and_go_on(makes: Makes, whole: dict, label: str, visit: int, way: tuple[str, ...] = MAKE) -> None:
    assert makes.live(*MAKE, REELWRIGHT_CRASH_AT=f"{label}:{visit}") is None, f"{label}:{visit} was not reached"
    before = makes.had()
    end = makes.live(*way)
    assert end
    makes.check(end, whole, before)


def test_a_real_make_passes_every_label_of_its_kind(undisturbed):
    assert set(undisturbed["labels"]) == set(LABELS)
    assert all(undisturbed["labels"][label] == 1 for label in ONCE)


@pytest.mark.parametrize(("empty_url", "label"), QUICK, indirect=["empty_url"])
def test_a_real_make_killed_at_a_label_goes_on_to_the_same_film(makes, undisturbed, label):
    kill_and_go_on(makes, undisturbed, label, 1)


@pytest.mark.lane_crash
@pytest.mark.parametrize(("label", "visit"), EVERY)
def test_a_real_make_killed_at_any_label_goes_on_to_the_same_film(makes, undisturbed, label, visit):
    kill_and_go_on(makes, undisturbed, label, visit)


@pytest.mark.lane_crash
@pytest.mark.parametrize("label", [label for label in LABELS if label != "C20"])
def test_a_real_make_killed_at_any_label_is_resumed_to_the_same_film(local, undisturbed, label):
    kill_and_go_on(local, undisturbed, label, OPENED.get(label, 1), RESUME)


@pytest.mark.lane_crash
def test_a_real_make_that_is_cancelled_and_killed_is_cancelled_before_it_is_resumed(local, undisturbed):
    """Cancelled from beside while its first step is settled, killed before it could hear of it."""
    assert local.live(*MAKE, REELWRIGHT_CRASH_AT="C13:2") is None
    before = local.had()
    cancelled = local.live("cancel", "last", "--json")
    assert cancelled and local.had() == before
    end = local.live(*RESUME)
    assert end and ("job.cancelled",) in local.rows("SELECT kind FROM events")
    local.check(end, undisturbed, before)
