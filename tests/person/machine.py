"""The state machine of a person: what people do, and what befalls them, in any order; judged after every step."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from person.person import FILMS, NONE, Accidental, Person
from reelwright.providers.fakes.script import answer_status, drop, fail_late, filter_samples, swallow

PROMPTS = ("Boat drifts", "Fox sleeps")
EDITS = ("Tree falls", "Moon sets")
PLACES = ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14")
JUMPS_S = (20.0, -20.0, 7200.0, -7200.0)
MET = {
    "swallowed": swallow(),
    "dropped": drop(),
    "throttled": answer_status(429),
    "broken": answer_status(500),
    "filtered": filter_samples(),
    "failed": fail_late(),
}
"""What the next submit may meet. A filter and a failure bring nothing and cost nothing."""
RENDERS_S = 0.15
"""Of slow work: long enough to be polled more than once."""

_places = st.builds("{}:{}".format, st.sampled_from(PLACES), st.sampled_from((1, 1, 2)))
_accidents = st.one_of(
    st.just(NONE),
    st.builds(Accidental, accident=st.just("kill"), place=_places),
    st.builds(Accidental, accident=st.just("kill"), place=_places),
    st.builds(Accidental, accident=st.just("jump"), place=_places, jump_s=st.sampled_from(JUMPS_S)),
    st.builds(Accidental, accident=st.just("fill"), place=_places),
    st.builds(Accidental, kill_after_s=st.sampled_from((0.02, 0.05, 0.1))),
)
accidents = st.one_of(st.just(NONE), _accidents)
prompts = st.sampled_from(PROMPTS)
films = st.sampled_from(tuple(FILMS))
nth = st.integers(0, 3)


class PersonMachine(RuleBasedStateMachine):
    """A subclass sets ``new``, which makes a person. ``came`` counts what every verb came to, over all sequences;
    ``failed`` are the sequences in which something did not hold, with every act."""

    new: ClassVar[Callable[[], Person]]
    came: ClassVar[Counter[tuple[str, str]]]
    failed: ClassVar[list[str]]

    @initialize()
    def begin(self) -> None:
        self.person = type(self).new()

    # ---- what is asked for
    @rule(prompt=prompts, samples=st.sampled_from((1, 1, 1, 2, 3)), by=accidents)
    def clip(self, prompt: str, samples: int, by: Accidental) -> None:
        self.person.clip(prompt, samples, self._possible(by))

    @rule(prompt=prompts, by=accidents)
    def clip_again(self, prompt: str, by: Accidental) -> None:
        self.person.clip(prompt, by=self._possible(by), again=True)

    @rule(prompt=prompts, by=accidents)
    def clip_in_two_processes_at_once(self, prompt: str, by: Accidental) -> None:
        self.person.clip(prompt, by=self._possible(by), times=2)

    @rule(prompt=prompts)
    def clip_twice_at_once_in_one_process(self, prompt: str) -> None:
        self.person.clip(prompt, inside=2)

    @rule(rows=st.lists(prompts, min_size=1, max_size=3), by=accidents)
    def batch(self, rows: list[str], by: Accidental) -> None:
        self.person.batch(rows, self._possible(by))

    @rule(film=films, by=accidents, new=st.sampled_from((False, False, False, True)))
    def make(self, film: str, by: Accidental, new: bool) -> None:
        self.person.make(film, self._possible(by), new=new)

    @rule(film=films, by=accidents)
    def make_again(self, film: str, by: Accidental) -> None:
        self.person.make(film, self._possible(by), again=True)

    @rule(film=films, by=accidents)
    def make_in_two_processes_at_once(self, film: str, by: Accidental) -> None:
        self.person.make(film, self._possible(by), times=2)

    # ---- with what is there
    @rule(nth=nth, way=st.sampled_from(("resume", "retry", "cancel")), by=accidents)
    def go_on_or_cancel(self, nth: int, way: str, by: Accidental) -> None:
        self.person.project(nth, way, self._possible(by))

    @rule(nth=nth, shot=st.integers(0, 1), by=accidents)
    def retake(self, nth: int, shot: int, by: Accidental) -> None:
        self.person.project(nth, "retake", self._possible(by), shot=shot)

    @rule(nth=nth, shot=st.integers(0, 1), prompt=st.sampled_from(EDITS), by=accidents)
    def edit(self, nth: int, shot: int, prompt: str, by: Accidental) -> None:
        self.person.project(nth, "edit", self._possible(by), shot=shot, prompt=prompt)

    @rule(verdict=st.sampled_from(("told", "told", "written-off")))
    def decide(self, verdict: str) -> None:
        self.person.decide_all(verdict)

    @rule(shot=films)
    def cancel_while_it_is_made(self, shot: str) -> None:
        self.person.cancel_in_the_middle(shot)

    @rule(takes=st.integers(0, 3))
    def set_a_budget(self, takes: int) -> None:
        self.person.set_budget(takes)

    # ---- what befalls them
    @rule(met=st.sampled_from(sorted(MET)))
    def let_the_next_submit_meet(self, met: str) -> None:
        self.person.shop.meet_next(MET[met])
        self.person.told.append(f"the next submit is {met}")

    @rule(seconds=st.sampled_from((0.0, RENDERS_S)))
    def let_rendering_take(self, seconds: float) -> None:
        self.person.shop.render_for(seconds)

    @rule(seconds=st.sampled_from((0.0, *JUMPS_S)), server=st.booleans())
    def set_the_clock(self, seconds: float, server: bool) -> None:
        self.person.set_clock(seconds, server=server)

    @rule()
    def fill_the_disk(self) -> None:
        if self.person.can_fill:
            self.person.fill_disk()

    @rule()
    def copy_the_home(self) -> None:
        self.person.copy_home()

    @rule()
    def restore_the_home(self) -> None:
        self.person.restore_home()

    def teardown(self) -> None:
        if not hasattr(self, "person"):
            return
        try:
            if sys.exc_info()[0] is None:  # else a step has failed, which is what is to be told
                self.person.rest()
                type(self).came.update(self.person.came)
            elif isinstance(error := sys.exc_info()[1], Exception):
                type(self).failed.append(f"{error}")
        except Exception as error:
            type(self).failed.append(f"{error}")
            raise
        finally:
            self.person.end()

    def _possible(self, by: Accidental) -> Accidental:
        return NONE if by.accident == "fill" and not self.person.can_fill else by
