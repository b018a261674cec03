"""A script laid out as a film: its words and pictures, at lengths and moments that are ours to say."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.archetypes import archetype
from reelwright.planner.counting import count_words, reading_frames, said_seconds
from reelwright.planner.door import checked
from reelwright.planner.drawable import refuse_undrawable
from reelwright.planner.extract import Understood, understand
from reelwright.planner.grammar import check
from reelwright.planner.ids import seed_of
from reelwright.planner.prompts import Extra, written_prompt
from reelwright.planner.rhythm import LEAST_SHOT_MS
from reelwright.planner.rules import Frame, Planned, Written, as_cast, extra_of, frame_of, is_filmed, laid_out
from reelwright.planner.sayable import check_said
from reelwright.planner.script import NAMED, Faults, Scene, Script, Turn
from reelwright.planner.script_limits import faults_of
from reelwright.planner.tables import Tone, tones
from reelwright.planner.timeline import timeline
from reelwright.planner.words import AIR_S, Teller, Told
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.plan import Beat, Line, Plan
from reelwright.units import seconds_to_frames

_HARD: Final = ("0", "1")
"""Rules of the grammar that no film may break: its sums, and the order of its beats."""
_BARE: Final = "5"
"""What no film that is drawn may break: a shot without words or picture is a breath."""


class Scripted(Teller):
    """Tells what a script says, beat after beat, where the rules would tell what they found in the brief."""

    def __init__(self, script: Script, understood: Understood, frame: Frame, tone: Tone, brief: Brief) -> None:
        super().__init__(understood, frame.tone, tone, frame.language, seed_of(brief), brief.text)
        self.name = script.name or self.name
        self._shots = {turn.beat: len(turn.shots) for turn in script.beats}
        for turn in script.beats:
            self._shots[turn.beat] = max(self._shots[turn.beat], len(turn.shots))
        self._left = deque(script.beats)

    def sets(self, beat: str) -> int:
        return self._shots.get(beat, 1)

    def tell(self, beat: str, shots: int, room: Fraction, *, alone: Fraction | None = None) -> list[Told]:
        turn = self._left.popleft()
        assert turn.beat == beat, "beats are told in their order"
        told = [Told(words=words_of(turn, scene, self.name), said=scene.say) for scene in turn.shots]
        return told[: max(1, shots)]

    def fitted(self, line: Line, room: Fraction) -> str:
        """As many clauses of a line as can be said in ``room`` seconds."""
        return self._fit(line.text, room)


def film_of(brief: Brief, script: Script, *, final: bool = False) -> Planned | Faults:
    """The plan that ``script`` makes of ``brief``, or what is wrong with it. Pure; spends nothing.

    Length, size, look, models, ids and every moment come from the brief and from us, never from the script. What is
    only too long is a fault too, unless it is the ``final`` answer: then words that nobody could read go, and it is
    said. Raises ``BadInput`` only for what is wrong with the brief itself.
    """
    checked(brief)
    understood = understand(brief.text, brief.language, brief.aspect)
    frame = frame_of(brief, understood)
    tone = tones()[frame.tone]
    shape = archetype(brief.archetype) if brief.archetype else None
    faults = faults_of(script, brief.text, understood, frame.ms, frame.language, shape)
    if faults:
        return Faults(said=tuple(faults))
    teller = Scripted(script, understood, frame, tone, brief)
    names = [turn.beat for turn in script.beats]
    needs = {n: _frames_of(turn, teller, tone, frame) for n, turn in enumerate(script.beats)}
    if not final and (long := _too_long(needs, frame)):
        return Faults(said=(long,))
    times = timeline(names, frame.frames, frame.flavor.fps, tone, tone.mood, needs)
    written = Written(seed=digest_of([seed_of(brief), script]), prompts=_prompts(script, tone, understood, frame))
    planned = laid_out(brief, understood, frame, teller, tone, names, times, written=written)
    tight = list(_tight(script, planned.plan, teller))
    if tight and not final:
        return Faults(said=tuple(tight))
    plan = _trimmed(planned.plan, teller) if tight else planned.plan
    if broken := _broken(plan, _HARD if is_filmed(brief, frame) else (*_HARD, _BARE)):
        return Faults(said=tuple(broken))
    cut = ("Some of what the model wrote was longer than the film allows; it was shortened.",) if tight else ()
    return as_cast(replace(planned, plan=plan, said=(*planned.said, *cut)), brief)


def words_of(turn: Turn, scene: Scene, name: str) -> dict[str, str]:
    """Words on screen by role, with the name of the thing where its beat shows it."""
    named = {"name": name} if turn.beat in NAMED else {}
    return {
        **named,
        **{role: text for role, text in scene.words.items() if not named or text.casefold() != name.casefold()},
    }


def _frames_of(turn: Turn, teller: Scripted, tone: Tone, frame: Frame) -> int:
    """Frames that a beat needs so that all of it can be read, said and seen."""
    shot_ms = LEAST_SHOT_MS if len(turn.shots) == 1 else max(LEAST_SHOT_MS, tone.asl_ms * 8 // 10 + 1)
    least = int(seconds_to_frames(Fraction(shot_ms, 1000), frame.flavor.fps)) + len(turn.shots) - 1
    return sum(max(least, *_asked(scene, turn, teller, tone, frame)) for scene in turn.shots)


def _asked(scene: Scene, turn: Turn, teller: Scripted, tone: Tone, frame: Frame) -> tuple[int, int]:
    fps = frame.flavor.fps
    read = int(reading_frames(words_of(turn, scene, teller.name), frame.language, fps))
    said = said_seconds(scene.say, frame.language, tone.pace) + AIR_S if scene.say else Fraction(0)
    return read, int(seconds_to_frames(said, fps)) + 1


def _too_long(needs: Mapping[int, int], frame: Frame) -> str:
    whole = sum(needs.values())
    if whole <= frame.frames or len(needs) < 2:
        return ""
    seconds = whole * frame.flavor.fps[1] / frame.flavor.fps[0]
    return (
        f"beats: what is written needs {seconds:.1f} s to be read and said; the film lasts {frame.ms / 1000:g} s. "
        "Shorten the lines, or tell fewer shots"
    )


def _prompts(script: Script, tone: Tone, understood: Understood, frame: Frame) -> _Prompts:
    return _Prompts(script, tone, [found.text for found in understood.mustnot], extra_of(frame.flavor))


class _Prompts:
    """What the script says is seen, in the slots of a prompt, in the words of the flavor. A beat of more shots goes on
    with its last scene.
    """

    def __init__(self, script: Script, tone: Tone, barred: Sequence[str], extra: Extra) -> None:
        self._script, self._tone, self._barred, self._extra = script, tone, tuple(barred), extra

    def __call__(self, index: int, k: int, size: str) -> str:
        turn = self._script.beats[index]
        scene = turn.shots[min(k, len(turn.shots) - 1)]
        return written_prompt(
            turn.beat, size, scene.sees, light=scene.light or self._tone.light,
            camera=scene.camera or self._tone.camera[k % len(self._tone.camera)], grade=self._tone.grade,
            sound=scene.sound, barred=self._barred, extra=self._extra,
        )  # fmt: skip


def _tight(script: Script, plan: Plan, teller: Scripted) -> Iterator[str]:
    """Where the film that came of it says less than the script does."""
    for index, (turn, beat) in enumerate(zip(script.beats, _by_turns(script, plan), strict=True)):
        if beat is None:
            continue
        shown = [dict(shot.words) for shot in beat.shots]
        for n, scene in enumerate(turn.shots):
            wanted = words_of(turn, scene, teller.name)
            if wanted and not any(wanted.items() <= words.items() for words in _joined(shown)):
                yield f"beats[{index}].shots[{n}].words: too much to be read in the {_seconds(beat, plan)} s there are"
        for line in beat.lines:
            room = Fraction(line.room * plan.fps[1], plan.fps[0])
            needed = said_seconds(line.text, plan.language, teller.pace.pace)
            if needed > room:
                most = int(count_words(line.text, "en") * room / needed)
                yield f"beats[{index}]: {line.text!r} takes {float(needed):.1f} s to say; at most {most} words fit"


def _by_turns(script: Script, plan: Plan) -> Iterator[Beat | None]:
    """The beat of each turn; None where the person's own pictures took some of its place."""
    for index in range(len(script.beats)):
        beat = plan.beats[index] if index < len(plan.beats) else None
        drawn = beat and all(shot.shows == "drawn" for shot in beat.shots)
        yield beat if beat and drawn else None


def _joined(shown: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Words of each shot, and of all of them: a reveal may be told in two."""
    whole: dict[str, str] = {}
    for words in shown:
        whole |= {role if role not in whole else f"{role}+": text for role, text in words.items()}
    if "line" in whole and "descriptor" not in whole:
        whole["descriptor"] = whole["line"].rstrip(".")
    return [*shown, whole]


def _seconds(beat: Beat, plan: Plan) -> str:
    return f"{beat.length * plan.fps[1] / plan.fps[0]:.1f}"


def _trimmed(plan: Plan, teller: Scripted) -> Plan:
    """Lines that can be said in their time: their first clauses, or nothing."""
    beats = []
    for beat in plan.beats:
        lines = []
        for line in beat.lines:
            room = Fraction(line.room * plan.fps[1], plan.fps[0])
            fits = said_seconds(line.text, plan.language, teller.pace.pace) <= room
            text = line.text if fits else teller.fitted(line, room)
            if text:
                lines.append(replace(line, text=text))
        beats.append(replace(beat, lines=tuple(lines)))
    return replace(plan, beats=tuple(beats))


def _broken(plan: Plan, rules: tuple[str, ...]) -> list[str]:
    found = [f"beats: {one.beat} {one.said}".strip() for one in check(plan) if one.rule.startswith(rules)]
    try:
        check_said(plan, "plan")
        refuse_undrawable(plan, "plan")
    except BadInput as error:
        found.append(str(error))
    return found
