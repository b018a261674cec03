"""Retakes, circles, edits and deletions in every order: the build always comes to rest, and obtains nothing twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.graph.choices import Choices, Circle, RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import PAID, Graph, Step, compute_step_fingerprint
from reelwright.reel.graph.orders import Order, list_orders, propose_retakes
from reelwright.reel.graph.outcome import MissingSample, Outcome
from reelwright.reel.graph.request import Input, Request, compute_request_digest
from reelwright.reel.graph.wanted_steps import find_wanted_steps, resolve_steps
from unit.chain import Cutting, chained, key

SHOTS = "abcd"
LINKS = {"b": "a", "c": "b"}
"""``d`` stands alone. Each shot has a segment, the film needs all segments."""


def graph(prompts: dict[str, str]) -> Graph:
    steps: dict[StepKey, Step] = {}
    for name in SHOTS:
        inputs = (Input(role="first_frame", of=key(LINKS[name]), part="last_frame"),) if name in LINKS else ()
        request = Request(model="m/1", mode="take", prompt=prompts[name], inputs=inputs)
        steps[key(name)] = Step(key=key(name), kind="take", request=request)
    bodies = [StepKey(f"segment/{name}") for name in SHOTS]
    for name, body in zip(SHOTS, bodies, strict=True):
        need = Input(role="source", of=key(name))
        steps[body] = Step(key=body, kind="segment", work="segment.body", needs=(need,))
    film = StepKey("film/film")
    needs = tuple(Input(role="segment", of=body) for body in bodies)
    steps[film] = Step(key=film, kind="film", work="film", needs=needs)
    return Graph(steps=steps, goal=(film,))


class Builds(RuleBasedStateMachine):
    """A project, changed by a person and brought to rest by what a director does, on paper."""

    def __init__(self) -> None:
        super().__init__()
        self.prompts = dict.fromkeys(SHOTS, "v0")
        self.choices = Choices()
        self.had: dict[Fingerprint, Outcome] = {}
        self.gone: set[Digest] = set()
        self.bytes: set[Digest] = set()
        self.bought: list[Fingerprint] = []
        self.numbers = 0

    @property
    def graph(self) -> Graph:
        return graph(self.prompts)

    def drive(self, barren: bool, limit: int = 60) -> None:
        """To rest. ``barren``: the first thing bought brings nothing."""
        for _ in range(limit):
            want = find_wanted_steps(self.graph, self.choices, self.had, self.gone)
            if asks := propose_retakes(self.graph, self.choices, self.had, want.certain, self.gone):
                self.choices = replace(self.choices, retakes=(*self.choices.retakes, *asks))
                continue
            todo = list_orders(self.graph, self.choices, self.had, want.certain, self.gone)
            if not todo:
                assert want.stuck or not (want.certain or want.possible), want
                return
            for order in {order.fingerprint: order for order in todo}.values():  # shots that ask for the very same
                self.obtain(order, barren)
                barren = False
        raise AssertionError("it never comes to rest")

    def obtain(self, order: Order, barren: bool) -> None:
        fp = order.fingerprint
        for _, digest in order.inputs:
            assert digest in self.bytes, f"{order.step.key} reads bytes that are gone"
        if order.step.kind in PAID:
            assert fp not in self.bought, f"{order.step.key} is bought twice"
            self.bought.append(fp)
            self.numbers += 1
            made = Digest(f"{order.step.key}#{self.numbers}")
        else:
            made = Digest(f"made of {fp}")  # our own work brings the same bytes again
        missing = (MissingSample(sample=0, reason="filtered"),) if barren and order.step.kind in PAID else ()
        assets = () if missing else (made,)
        self.gone -= set(assets)
        self.bytes |= set(assets)
        self.had[fp] = Outcome(
            fingerprint=fp, assets=assets, missing=missing, chosen_asset=assets[0] if assets else None
        )

    @rule(barren=st.sampled_from([False, False, False, True]))
    def make(self, barren: bool) -> None:
        self.drive(barren)
        assert self.goal_is_had() or self.stuck()

    @rule(name=st.sampled_from(SHOTS), prompt=st.sampled_from(["v0", "v1", "v2"]))
    def edit(self, name: str, prompt: str) -> None:
        self.prompts[name] = prompt

    @rule(name=st.sampled_from(SHOTS))
    def retake(self, name: str) -> None:
        fp = resolve_steps(self.graph, self.choices, self.had, self.gone)[key(name)].fingerprint
        if fp:
            number = max((a.round for a in self.choices.retakes if a.fingerprint == fp), default=1) + 1
            self.choices = replace(
                self.choices, retakes=(*self.choices.retakes, RetakeRequest(fingerprint=fp, round=number))
            )

    @rule(name=st.sampled_from(SHOTS), data=st.data())
    def circle(self, name: str, data: st.DataObject) -> None:
        found = resolve_steps(self.graph, self.choices, self.had, self.gone)[key(name)].fingerprint
        names = (
            [found, *(compute_round_fingerprint(a) for a in self.choices.retakes if a.fingerprint == found)]
            if found
            else []
        )
        takes = [d for n in names if n in self.had for d in self.had[n].assets]
        request = self.graph.steps[key(name)].request
        if takes and request:
            asset = data.draw(st.sampled_from(takes))
            made = Circle(asset=asset, request=compute_request_digest(request))
            self.choices = replace(self.choices, circles={**self.choices.circles, ShotId(name): made})

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        there = sorted(self.bytes)
        if there:
            asset = data.draw(st.sampled_from(there))
            self.bytes.discard(asset)
            self.gone.add(asset)

    @invariant()
    def asking_again_changes_nothing(self) -> None:
        first = find_wanted_steps(self.graph, self.choices, self.had, self.gone)
        assert first == find_wanted_steps(self.graph, self.choices, self.had, self.gone)
        assert not {s.key for s in first.certain} & {s.key for s in first.possible}

    def stuck(self) -> bool:
        return bool(find_wanted_steps(self.graph, self.choices, self.had, self.gone).stuck)

    def goal_is_had(self) -> bool:
        """By the plainest reading: walk from the film down, the way a person would."""

        def take(name: str) -> Digest | None:
            step = self.graph.steps[key(name)]
            circled = self.choices.circles.get(ShotId(name))
            if circled and step.request and circled.request == compute_request_digest(step.request):
                return circled.asset
            got = {i: d for i in step.inputs if (d := take(LINKS[name]))}
            fp = compute_step_fingerprint(step, got)
            rounds = [
                fp,
                *(
                    compute_round_fingerprint(a)
                    for a in sorted(self.choices.retakes, key=lambda a: a.round)
                    if a.fingerprint == fp
                ),
            ]
            brought = [d for n in rounds if n in self.had for d in self.had[n].assets]
            return next((d for d in brought if d in self.bytes), brought[0] if brought else None)

        inputs: dict[Input, Digest] = {}
        film = self.graph.steps[StepKey("film/film")]
        for need, name in zip(film.needs, SHOTS, strict=True):
            body = self.graph.steps[StepKey(f"segment/{name}")]
            picture = take(name)
            fp = compute_step_fingerprint(body, {body.needs[0]: picture}) if picture else None
            outcome = self.had.get(fp) if fp else None
            if outcome is None:
                return False
            inputs[need] = outcome.assets[0]
        fp = compute_step_fingerprint(film, inputs)
        return fp in self.had and self.had[fp].assets[0] in self.bytes


TestBuilds = Builds.TestCase
TestBuilds.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)


def test_a_retake_of_a_shot_whose_opening_was_deleted_first_obtains_the_opening():
    cutting = Cutting(chained()).whole()
    cutting.delete("a1")
    cutting.ask("b")
    assert cutting.said[0] == "a"
