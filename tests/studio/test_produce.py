"""The product as steps: what is wanted, what it costs, when it is done and when a person must look."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelwright.errors import BadInput
from reelwright.reel.breakdown import FILM, breakdown
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.choices import Choices
from reelwright.reel.document import from_plain
from reelwright.reel.graph import fingerprint
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest, Fingerprint
from reelwright.reel.outcome import Take
from reelwright.reel.request import Request
from reelwright.studio import pace, quality
from reelwright.studio.produce import Produce, film_of, findings_in
from reelwright.studio.quote import in_full, quote_of
from reelwright.studio.shown import takes_shown
from reelwright.studio.words import WORDS, opening
from reelwright.units import Micros
from studio.plans import all_had, chained, plan, shot, standing


def free(request: Request) -> Price:
    return Price(micros=Micros(0), basis="free", catalogue=digest_of("x"))


def dear(request: Request) -> Price:
    return Price(
        micros=Micros(400_000 if request.mode == "image_to_video" else 0), basis="list", catalogue=digest_of("x")
    )


def produce() -> Produce:
    return Produce(None, None, free, 2)  # type: ignore[arg-type]  # neither is touched by what is pure


def test_before_there_is_a_plan_only_words_are_wanted():
    graph = produce().graph(standing(None))
    assert list(graph.steps) == [WORDS] == list(graph.goal)


def test_the_opening_tells_the_planner_the_whole_brief():
    brief = Brief(text="A lamp", aspect="9:16", length_ms=2000, short_side=180)
    request = opening(brief).graph.steps[WORDS].request
    assert request and from_plain(Brief, request.extra["brief"], "brief") == brief


def test_a_field_that_a_brief_does_not_use_moves_no_fingerprint():
    step = opening(Brief(text="A lamp")).graph.steps[WORDS]
    assert step.request and step.request.extra == {"brief": {"text": "A lamp"}}
    assert fingerprint(step, {}) != fingerprint(opening(Brief(text="A lamp", variation=1)).graph.steps[WORDS], {})


def test_the_first_quote_wants_everything():
    stands = standing(plan())
    graph = produce().graph(stands)
    shown = in_full(stands, graph, quote_of(stands, graph, dear, 2), project="project_1")
    assert set(shown.wanted) == set(graph.steps) and shown.had == 0
    assert shown.line == f"0 had, {len(graph.steps)} wanted, $0.00"
    assert shown.seconds >= shown.least_s > 0
    assert [row.n for row in shown.shots] == [1, 2, None]
    assert sum(row.wanted for row in shown.shots) == len(graph.steps)


def test_when_all_is_had_nothing_is_wanted_and_the_film_is_done():
    stands = standing(plan())
    graph = produce().graph(stands)
    stands = replace(stands, had=all_had(graph))
    shown = in_full(stands, graph, quote_of(stands, graph, dear, 2), project=None)
    assert shown.wanted == () and shown.had == len(graph.steps) and shown.seconds == 0
    verdict = produce().verdict(stands, graph)
    assert verdict.state == "done" and verdict.film


def test_an_edited_shot_wants_its_take_its_segments_and_the_film_only():
    before = standing(plan())
    had = all_had(produce().graph(before))
    first, second = plan().shots
    changed = replace(second, source=replace(second.source, prompt="other"))
    after = standing(plan(first, changed), had)
    graph = produce().graph(after)
    wanted = set(in_full(after, graph, quote_of(after, graph, free, 2), project=None).wanted)
    assert wanted == {f"take/{second.id}", f"segment/{second.id}", f"segment/{first.id}/into", FILM}


def test_what_later_shots_continue_from_is_only_possibly_wanted():
    stands = standing(chained())
    graph = breakdown(chained(), "takes")
    had = all_had(graph)
    a, b, c = chained().shots
    edited = replace(a, source=replace(a.source, prompt="other"))
    after = standing(replace(chained(), beats=plan(edited, b, c).beats), had)
    graph = breakdown(after.plan, "takes")
    shown = in_full(after, graph, quote_of(after, graph, dear, 2), project=None)
    assert shown.wanted == (f"take/{a.id}", f"take/{b.id}", f"take/{c.id}")
    assert shown.possible == (f"take/{b.id}", f"take/{c.id}")
    assert shown.micros == 1_200_000 and shown.to_json()["usd"] == "1.20"
    assert stands.plan == chained()


def test_a_price_that_nobody_knows_is_named():
    stands = standing(chained())
    graph = breakdown(chained(), "takes")
    quote = quote_of(stands, graph, lambda r: Price(micros=None, basis="?", catalogue=digest_of("x")), 2)
    assert len(quote.unknown) == 3


def test_more_hands_never_take_longer():
    graph = breakdown(plan(*(shot(n) for n in range(1, 9))), "film")
    times = [pace.at_most(graph, graph.steps, hands) for hands in (1, 2, 4, 8)]
    assert times == sorted(times, reverse=True)
    assert times[-1] >= pace.along(graph, graph.steps)


def _film(facts: dict[str, object], accepted: frozenset[str] = frozenset()):
    stands = standing(plan(), choices=Choices(accepted=accepted))
    graph = produce().graph(stands)
    had = all_had(graph)
    film = next(name for name in had if name.startswith("film:"))
    had[film] = replace(had[film], facts={**had[film].facts, **facts})
    return replace(stands, had=had), graph


def test_a_frozen_shot_makes_the_job_wait_with_its_name_though_the_film_is_there():
    second = plan().shots[1].id
    stands, graph = _film({"findings": [{"check": "frozen", "shot": second, "said": "frozen for 1.2 s"}]})
    verdict = produce().verdict(stands, graph)
    assert (verdict.state, verdict.said, verdict.step) == ("waiting", "shot 2: frozen for 1.2 s", FILM)
    assert verdict.film


def test_a_remark_does_not_stop_a_film():
    stands, graph = _film({"findings": [{"check": "rhythm", "shot": None, "said": "slow"}]})
    assert produce().verdict(stands, graph).state == "done"


def test_what_a_person_accepted_is_done_until_that_shot_changes():
    second = plan().shots[1].id
    facts = {"findings": [{"check": "frozen", "shot": second, "said": "frozen"}]}
    stands, _ = _film(facts)
    found = quality.findings({**facts}, stands.plan)
    accepted = quality.accept(found, ("frozen/2",))
    assert accepted == quality.accept(found, ())
    overruled, graph = _film(facts, accepted)
    assert produce().verdict(overruled, graph).state == "done"
    assert quality.still_accepted(overruled.choices, {plan().shots[0].id}) == accepted
    assert quality.still_accepted(overruled.choices, {second}) == frozenset()
    with pytest.raises(BadInput, match="frozen/2"):
        quality.accept(found, ("frozen/1",))


def test_music_that_is_over_too_soon_is_told_with_the_film_and_does_not_fail_it():
    stands, graph = _film({"findings": []})
    mix = next(name for name in stands.had if name.startswith("mix:"))
    said = [{"check": "music", "shot": None, "said": "the music is over 4.0 s before the film"}]
    stands = replace(stands, had={**stands.had, mix: replace(stands.had[mix], facts={"findings": said})})
    (finding,) = findings_in(stands, graph, film_of(stands, graph))
    assert (finding.id, finding.fails) == ("music/film", False) and "4.0 s" in finding.said
    assert produce().verdict(stands, graph).state == "done"


def test_takes_count_as_they_came_and_those_of_one_purchase_by_their_sample():
    stands = standing(plan())
    first = stands.plan.shots[0].id

    def take(id_: str, purchase: str, sample: int) -> Take:
        asset = Digest(digest_of([purchase, sample]))
        return Take(
            id=id_, shot=first, fingerprint=Fingerprint("take:x"), asset=asset, round=1, sample=sample,
            purchase=purchase,
        )  # fmt: skip

    takes = [take("take_4", "a", 0), take("take_3", "a", 1), take("take_2", "a", 2), take("take_1", "b", 0)]
    assert [(one.n, one.sample) for one in takes_shown(stands, takes)] == [(1, 0), (2, 0), (3, 1), (4, 2)]
