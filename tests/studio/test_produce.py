"""The product as steps: what is wanted, what it costs, when it is done and when a person must look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.errors import BadInput
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_plain
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.film.breakdown import FILM, build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import compute_step_fingerprint
from reelwright.reel.graph.outcome import Take
from reelwright.reel.graph.request import Request
from reelwright.reel.records.money import Price
from reelwright.studio.edits.retakes import circle_take
from reelwright.studio.films.summaries import build_take_summaries
from reelwright.studio.quotes import duration_estimates
from reelwright.studio.quotes.planning_steps import PLAN_STEP, build_planning_steps
from reelwright.studio.quotes.quote import build_project_quote, compute_quote
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.produce import Producer, find_film, list_findings
from reelwright.units import Micros
from studio.plans import all_had, chained, plan, shot, standing


def free(request: Request) -> Price:
    return Price(micros=Micros(0), basis="free", catalogue=compute_digest("x"))


def dear(request: Request) -> Price:
    return Price(
        micros=Micros(400_000 if request.mode == "image_to_video" else 0), basis="list", catalogue=compute_digest("x")
    )


def produce() -> Producer:
    return Producer(None, None, None, free, 2)  # type: ignore[arg-type]  # neither is touched by what is pure


def test_before_there_is_a_plan_only_words_are_wanted():
    graph = produce().build_graph(standing(None))
    assert list(graph.steps) == [PLAN_STEP] == list(graph.goal)


def test_the_opening_tells_the_planner_the_whole_brief():
    brief = Brief(text="A lamp", aspect="9:16", length_ms=2000, short_side=180)
    request = build_planning_steps(brief).graph.steps[PLAN_STEP].request
    assert request and from_plain(Brief, request.extra["brief"], "brief") == brief


def test_a_field_that_a_brief_does_not_use_moves_no_fingerprint():
    step = build_planning_steps(Brief(text="A lamp")).graph.steps[PLAN_STEP]
    assert step.request and step.request.extra == {"brief": {"text": "A lamp"}}
    assert compute_step_fingerprint(step, {}) != compute_step_fingerprint(
        build_planning_steps(Brief(text="A lamp", variation=1)).graph.steps[PLAN_STEP], {}
    )


def test_the_first_quote_wants_everything():
    stands = standing(plan())
    graph = produce().build_graph(stands)
    shown = build_project_quote(stands, graph, compute_quote(stands, graph, dear, 2), project="project_1")
    assert set(shown.wanted_steps) == set(graph.steps) and shown.up_to_date == 0
    assert shown.line == f"0 up to date, {len(graph.steps)} to make, $0.00"
    assert shown.max_duration_s >= shown.min_duration_s > 0
    assert [row.n for row in shown.shots] == [1, 2, None]
    assert sum(row.wanted_steps for row in shown.shots) == len(graph.steps)


def test_when_all_is_had_nothing_is_wanted_and_the_film_is_done():
    stands = standing(plan())
    graph = produce().build_graph(stands)
    stands = replace(stands, outcomes=all_had(graph))
    shown = build_project_quote(stands, graph, compute_quote(stands, graph, dear, 2), project=None)
    assert shown.wanted_steps == () and shown.up_to_date == len(graph.steps) and shown.max_duration_s == 0
    verdict = produce().reach_verdict(stands, graph)
    assert verdict.state == "done" and verdict.film


def test_an_edited_shot_wants_its_take_its_segments_and_the_film_only():
    before = standing(plan())
    had = all_had(produce().build_graph(before))
    first, second = plan().shots
    changed = replace(second, source=replace(second.source, prompt="other"))
    after = standing(plan(first, changed), had)
    graph = produce().build_graph(after)
    wanted = set(build_project_quote(after, graph, compute_quote(after, graph, free, 2), project=None).wanted_steps)
    assert wanted == {f"take/{second.id}", f"segment/{second.id}", f"segment/{first.id}/into", FILM}


def test_what_later_shots_continue_from_is_only_possibly_wanted():
    stands = standing(chained())
    graph = build_graph(chained(), "takes")
    had = all_had(graph)
    a, b, c = chained().shots
    edited = replace(a, source=replace(a.source, prompt="other"))
    after = standing(replace(chained(), beats=plan(edited, b, c).beats), had)
    graph = build_graph(after.plan, "takes")
    shown = build_project_quote(after, graph, compute_quote(after, graph, dear, 2), project=None)
    assert shown.wanted_steps == (f"take/{a.id}", f"take/{b.id}", f"take/{c.id}")
    assert shown.possible_steps == (f"take/{b.id}", f"take/{c.id}")
    assert shown.micros == 1_200_000 and shown.to_json()["usd"] == "1.20"
    assert stands.plan == chained()


def test_a_price_that_nobody_knows_is_named():
    stands = standing(chained())
    graph = build_graph(chained(), "takes")
    quote = compute_quote(stands, graph, lambda r: Price(micros=None, basis="?", catalogue=compute_digest("x")), 2)
    assert len(quote.unknown_steps) == 3


def test_more_hands_never_take_longer():
    graph = build_graph(plan(*(shot(n) for n in range(1, 9))), "film")
    times = [duration_estimates.compute_max_duration(graph, graph.steps, hands) for hands in (1, 2, 4, 8)]
    assert times == sorted(times, reverse=True)
    assert times[-1] >= duration_estimates.compute_critical_path(graph, graph.steps)


def _film(facts: dict[str, object], accepted: frozenset[str] = frozenset()):
    stands = standing(plan(), choices=Choices(accepted_findings=accepted))
    graph = produce().build_graph(stands)
    had = all_had(graph)
    film = next(name for name in had if name.startswith("film:"))
    had[film] = replace(had[film], facts={**had[film].facts, **facts})
    return replace(stands, outcomes=had), graph


def test_a_frozen_shot_makes_the_job_wait_with_its_name_though_the_film_is_there():
    second = plan().shots[1].id
    stands, graph = _film({"findings": [{"check": "frozen", "shot": second, "said": "frozen for 1.2 s"}]})
    verdict = produce().reach_verdict(stands, graph)
    assert (verdict.state, verdict.step) == ("waiting", FILM)
    (fault,) = verdict.reason.params["faults"]
    assert verdict.reason.code == "checks_failed" and fault.params == {
        "check": "frozen", "shot": "2", "message": "frozen for 1.2 s"
    }  # fmt: skip
    assert verdict.film


def test_a_remark_does_not_stop_a_film():
    stands, graph = _film({"findings": [{"check": "rhythm", "shot": None, "said": "slow"}]})
    assert produce().reach_verdict(stands, graph).state == "done"


def test_what_a_person_accepted_is_done_until_that_shot_changes():
    second = plan().shots[1].id
    facts = {"findings": [{"check": "frozen", "shot": second, "said": "frozen"}]}
    stands, _ = _film(facts)
    found = quality.read_findings({**facts}, stands.plan)
    accepted = quality.select_accepted_keys(found, ("frozen/2",))
    assert accepted == quality.select_accepted_keys(found, ())
    overruled, graph = _film(facts, accepted)
    assert produce().reach_verdict(overruled, graph).state == "done"
    assert quality.keep_accepted(overruled.choices, {plan().shots[0].id}) == accepted
    assert quality.keep_accepted(overruled.choices, {second}) == frozenset()
    with pytest.raises(BadInput, match="frozen/2"):
        quality.select_accepted_keys(found, ("frozen/1",))


def test_music_that_is_over_too_soon_is_told_with_the_film_and_does_not_fail_it():
    stands, graph = _film({"findings": []})
    mix = next(name for name in stands.outcomes if name.startswith("mix:"))
    said = [{"check": "music", "shot": None, "said": "the music is over 4.0 s before the film"}]
    stands = replace(stands, outcomes={**stands.outcomes, mix: replace(stands.outcomes[mix], facts={"findings": said})})
    (finding,) = list_findings(stands, graph, find_film(stands, graph))
    assert (finding.id, finding.is_fault) == ("music/film", False) and "4.0 s" in finding.message
    assert produce().reach_verdict(stands, graph).state == "done"


def test_takes_count_as_they_came_and_those_of_one_purchase_by_their_sample():
    stands = standing(plan())
    first = stands.plan.shots[0].id

    def take(id_: str, purchase: str, sample: int) -> Take:
        asset = Digest(compute_digest([purchase, sample]))
        return Take(
            id=id_, shot=first, fingerprint=Fingerprint("take:x"), asset=asset, round=1, sample=sample,
            purchase=purchase,
        )  # fmt: skip

    takes = [take("take_4", "a", 0), take("take_3", "a", 1), take("take_2", "a", 2), take("take_1", "b", 0)]
    assert [(one.n, one.sample) for one in build_take_summaries(stands, takes)] == [(1, 0), (2, 0), (3, 1), (4, 2)]


def test_of_two_takes_with_the_same_bytes_only_the_one_that_was_circled_is_used():
    stands = standing(plan())
    first, same = stands.plan.shots[0], Digest("f" * 64)
    takes = [
        Take(id=f"take_{n}", shot=first.id, fingerprint=Fingerprint(f"take:{n}"), asset=same, round=n, sample=0,
             purchase=None)
        for n in (1, 2)
    ]  # fmt: skip
    for circled, used in (("take_2", [False, True]), ("take_1", [True, False]), ("", [True, False])):
        _, choices = circle_take(stands, first, same, circled)
        rows = build_take_summaries(replace(stands, choices=choices), takes)
        assert [one.is_circled for one in rows] == used, circled
