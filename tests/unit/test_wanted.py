"""The traps of CORE.md sections 2 and 3, replayed on ``wanted`` and ``orders``."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reelwright.reel.base.value import Digest, StepKey
from reelwright.reel.graph.choices import RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import Graph, Step, compute_step_fingerprint
from reelwright.reel.graph.orders import propose_retakes
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import find_wanted_steps
from unit.chain import FILM, Cutting, chained, key


def test_nothing_had_wants_the_first_shot_certainly_and_the_rest_possibly():
    assert Cutting().said == ("a", "b c film", "")


def test_a_landed_opening_makes_the_next_shot_certain():
    assert Cutting().land(key("a"), "a1").said == ("b", "c film", "")


def test_all_had_wants_nothing():
    assert Cutting().whole().said == ("", "", "")


def test_another_round_that_was_asked_for_is_certain():
    cutting = Cutting().whole()
    ask = cutting.ask("a")
    assert cutting.said == ("a", "", "")
    assert [(o.step.key, o.fingerprint, o.round) for o in cutting.orders] == [
        (key("a"), compute_round_fingerprint(ask), 2)
    ]


def test_a_round_that_landed_and_is_not_circled_changes_nothing():
    cutting = Cutting().whole()
    cutting.land_round(cutting.ask("a"), "a2")
    assert cutting.said == ("", "", "")


def test_a_circled_take_makes_what_continues_it_wanted():
    cutting = Cutting().whole()
    cutting.land_round(cutting.ask("a"), "a2")
    cutting.circle("a", "a2")
    assert cutting.said == ("b", "c film", "")


def test_a_circled_take_whose_next_shot_is_circled_too_wants_only_the_film():
    cutting = Cutting().whole()
    cutting.land_round(cutting.ask("a"), "a2")
    cutting.circle("a", "a2")
    cutting.circle("b", "b1")
    assert cutting.said == ("film", "", "")


def test_deleted_bytes_of_a_take_are_not_missed_while_the_film_is_had():
    cutting = Cutting().whole()
    cutting.delete("a1")
    assert cutting.said == ("", "", "")


def test_a_deleted_film_over_a_deleted_take_wants_the_take_anew_and_the_rest_possibly():
    cutting = Cutting().whole()
    cutting.delete("a1", "film1")
    assert cutting.said == ("a", "b c film", "")
    assert cutting.orders == ()  # never bought again under its old fingerprint
    asks = propose_retakes(cutting.graph, cutting.choices, cutting.had, cutting.wanted.certain, cutting.gone)
    assert asks == (RetakeRequest(fingerprint=cutting.fingerprint(key("a")), round=2),)
    cutting.choices = replace(cutting.choices, retakes=asks)
    assert [(o.step.key, o.fingerprint, o.round) for o in cutting.orders] == [
        (key("a"), compute_round_fingerprint(asks[0]), 2)
    ]
    assert propose_retakes(cutting.graph, cutting.choices, cutting.had, cutting.wanted.certain, cutting.gone) == ()


def test_a_deleted_film_alone_is_made_again_under_its_own_fingerprint():
    cutting = Cutting().whole()
    cutting.delete("film1")
    assert cutting.said == ("film", "", "")
    assert [(o.fingerprint, o.round) for o in cutting.orders] == [(cutting.fingerprint(FILM), 1)]


def test_a_round_that_brought_nothing_is_stuck_and_not_ordered_again():
    cutting = Cutting().land(key("a"), None)
    assert cutting.said == ("", "b c film", "a") and cutting.orders == ()


def test_another_round_frees_a_stuck_step():
    cutting = Cutting().land(key("a"), None)
    cutting.land_round(cutting.ask("a"), "a2")
    assert cutting.said == ("b", "c film", "")


def test_a_new_round_of_a_deleted_take_brings_other_bytes_so_what_continues_it_is_wanted():
    cutting = Cutting().whole()
    cutting.delete("a1", "film1")
    cutting.land_round(cutting.ask("a"), "a2")
    assert cutting.said == ("b", "c film", "")


def test_a_deleted_circled_take_is_stuck_and_never_replaced_by_itself():
    cutting = Cutting().whole()
    cutting.circle("a", "a1")
    cutting.delete("a1", "film1")
    assert cutting.said == ("", "film", "a")


def test_an_edited_prompt_lets_go_of_the_circle_and_leaves_the_shots_before_it_alone():
    cutting = Cutting().whole()
    cutting.circle("b", "b1")
    cutting.graph = chained(b="the sea")
    assert cutting.said == ("b", "c film", "")


def test_an_edited_prompt_drops_the_asks_that_were_pending():
    cutting = Cutting().whole()
    cutting.ask("a")
    cutting.graph = chained(a="the sea")
    assert [o.round for o in cutting.orders] == [1]


def test_the_lowest_round_that_brought_something_is_what_dependants_read_however_it_was_asked_for():
    cutting = Cutting().land(key("a"), None)
    third, second = cutting.ask("a", 3), cutting.ask("a", 2)
    cutting.land_round(third, "a3")
    cutting.land_round(second, "a2")
    order = next(o for o in cutting.orders if o.step.key == key("b"))
    assert [digest for _, digest in order.inputs] == ["a2"]


def test_a_round_has_a_seed_and_a_number_of_samples_of_its_own():
    cutting = Cutting()
    request = Request(model="m/1", mode="take", prompt="a", seed=5, extra={"seed": 9, "look": "slam"})
    steps = {**cutting.graph.steps, key("a"): Step(key=key("a"), kind="take", request=request)}
    cutting.graph = Graph(steps=steps, goal=(FILM,))
    cutting.land(key("a"), "a1")
    cutting.choices = replace(
        cutting.choices, retakes=(RetakeRequest(fingerprint=cutting.fingerprint(key("a")), round=3, samples=2),)
    )
    asked = next(o for o in cutting.orders if o.round == 3).step.request
    assert asked and (asked.seed, asked.samples) == (7, 2) and asked.extra == {"seed": 11, "look": "slam"}


def test_orders_give_inputs_in_the_order_of_the_step():
    cutting = Cutting().land(key("a"), "a1").land(key("b"), "b1").land(key("c"), "c1")
    (film,) = cutting.orders
    assert [digest for _, digest in film.inputs] == ["a1", "b1", "c1"]


# --- any graph, any state


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to seven takes, each continuing any subset of those before it, and a film over some."""
    count = draw(st.integers(1, 7))
    steps: dict[StepKey, Step] = {}
    for n in range(count):
        before = draw(st.lists(st.integers(0, n - 1), unique=True, max_size=2)) if n else []
        inputs = tuple(Input(role="reference", of=key(str(b))) for b in sorted(before))
        request = Request(model="m/1", mode="take", prompt=str(n), inputs=inputs)
        steps[key(str(n))] = Step(key=key(str(n)), kind="take", request=request)
    shown = draw(st.lists(st.integers(0, count - 1), unique=True, min_size=1))
    needs = tuple(Input(role="source", of=key(str(n))) for n in sorted(shown))
    steps[FILM] = Step(key=FILM, kind="film", work="film", needs=needs)
    return Graph(steps=steps, goal=(FILM,))


@given(graphs(), st.randoms(use_true_random=False))
def test_landing_orders_in_any_sequence_ends_and_makes_each_step_once(graph: Graph, dice: random.Random):
    cutting, made = Cutting(graph), []
    while orders := cutting.orders:
        step = dice.choice(orders).step
        made.append(step.key)
        cutting.land(step.key, f"{step.key}:1")
    assert len(made) == len(set(made)) and FILM in made
    assert cutting.said == ("", "", "")


@given(graphs(), st.randoms(use_true_random=False))
def test_what_is_certain_can_be_ordered_and_nothing_is_two_things_at_once(graph: Graph, dice: random.Random):
    cutting = Cutting(graph)
    for _ in range(dice.randrange(4)):
        if not cutting.orders:
            break
        cutting.land(dice.choice(cutting.orders).step.key, dice.choice(["x", "y", None]))
    certain, possible, _ = cutting.wanted
    assert not {s.key for s in certain} & {s.key for s in possible}
    assert {s.key for s in certain} == {o.step.key for o in cutting.orders}
    assert {o.fingerprint for o in cutting.orders}.isdisjoint(cutting.had)


@given(graphs(), st.data())
def test_deleting_bytes_never_orders_an_old_paid_fingerprint_again(graph: Graph, data: st.DataObject):
    cutting = Cutting(graph)
    while cutting.orders:
        step = cutting.orders[0].step
        cutting.land(step.key, f"{step.key}:1")
    assets = sorted(d for o in cutting.had.values() for d in o.assets)
    cutting.delete(*data.draw(st.lists(st.sampled_from(assets), unique=True)))
    assert all(order.step.work for order in cutting.orders if order.fingerprint in cutting.had)


def test_a_wave_is_cut_off_early_when_an_input_turns_out_unchanged():
    """The same bytes under another fingerprint are the same input: nothing after them is wanted."""
    cutting = Cutting().whole()
    cutting.graph = chained(a="said otherwise")
    assert cutting.said == ("a", "b c film", "")
    cutting.land(key("a"), "a1")
    assert cutting.said == ("", "", "")


def test_a_fingerprint_is_none_until_every_input_is_there():
    step = chained().steps[key("b")]
    assert compute_step_fingerprint(step, {}) is None
    assert compute_step_fingerprint(step, {step.inputs[0]: Digest("d")}) != compute_step_fingerprint(
        step, {step.inputs[0]: Digest("e")}
    )


def test_wanted_reads_what_it_is_given_and_changes_nothing():
    cutting = Cutting().land(key("a"), "a1")
    had: dict[object, Outcome] = dict(cutting.had)
    find_wanted_steps(cutting.graph, cutting.choices, cutting.had)
    assert cutting.had == had
