"""A plan from a brief by rules alone: pure, deterministic, and nothing in it that the brief does not say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.media.work import Made, MadeFile, Report, Source
from reelwright.planner.assemble import Making, assemble
from reelwright.planner.counting import reading_frames
from reelwright.planner.door import LONGEST_MS, checked
from reelwright.planner.extract import Understood, understand
from reelwright.planner.extract.length import SNAPPED_MS, snapped
from reelwright.planner.extract.seen import left_out
from reelwright.planner.flavors import Flavor, flavor_of
from reelwright.planner.grammar import SHORT_S, bare_beats, brand_due, cue_at
from reelwright.planner.ids import number, seed_of
from reelwright.planner.match import House, match_bed
from reelwright.planner.materials import Allotment, allot, named_in
from reelwright.planner.outline import evidence, outline
from reelwright.planner.phrases import trim
from reelwright.planner.prompts import Extra
from reelwright.planner.tables import Tone, beats, tones
from reelwright.planner.timeline import Timeline, timeline
from reelwright.planner.words import Teller
from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of
from reelwright.reel.noun import noun
from reelwright.reel.plan import SCHEMA, Beat, Bed, Overlay, Own, Plan
from reelwright.units import Aspect, Frames, frames_to_ms, ms_to_frames, size_of

if TYPE_CHECKING:
    from reelwright.planner.archetypes import Archetype

MODEL: Final = "rules/2026.1"
WIDE: Final = "16:9"
EXPLICIT: Final = 80
"""Confidence in per cent from which a tone counts as asked for."""
HINTED: Final = 60
"""Confidence in per cent below which a tone is only what such things are usually told in."""
THIN: Final = 75
"""Per cent of its usual weight that a beat with little to show is given."""
TWO_NUMBERS_MS: Final = 18_000
"""From here on a film has room for two numbers in its proof."""
GENERAL_MS: Final = 30_000
"""From here on a film may tell what is true of any such thing, where the brief says too little to fill it."""
SURE: Final = 40
"""Confidence in per cent below which the name is asked for."""


@noun
class Planned:
    """A plan, what was understood of the brief, and what the person should know about it in plain sentences."""

    plan: Plan
    understood: Understood
    said: tuple[str, ...] = ()


@noun
class Written:
    """What a language model wrote beside the words: prompts by beat, shot and size. ``seed``: what ids follow from."""

    seed: str
    prompts: Callable[[int, int, str], str]


@noun
class Frame:
    """What is settled before the first beat: how long, how large, in which manner."""

    flavor: Flavor
    aspect: Aspect
    ms: int
    tone: str
    language: str

    @property
    def frames(self) -> Frames:
        return Frames(max(1, ms_to_frames(self.ms, self.flavor.fps)))


def plan(brief: Brief) -> Planned:
    """The film that answers ``brief``. The same brief gives the same plan, ids included, on every machine.

    Raises ``BadInput`` naming field, value and what is accepted. Never spends, reads no clock and no disk but our own
    tables; where the brief asks for AI models, what the catalogue sells today. Lengths are exact: the shots sum to the
    film.
    """
    return as_cast(drawn(brief), brief)


def drawn(brief: Brief) -> Planned:
    """The film before its shots are given to models: all of it type, shapes and the person's own pictures."""
    checked(brief)
    understood = understand(brief.text, brief.language, brief.aspect)
    frame = frame_of(brief, understood)
    without: frozenset[str] = frozenset()
    while True:
        planned = _planned(brief, understood, frame, without)
        seen = as_cast(planned, brief) if is_filmed(brief, frame) else planned  # what a model films is no empty screen
        bare = bare_beats(seen.plan) - without
        if not bare:
            return planned
        without |= bare  # there is nothing to show in them: the film is told without them


def _planned(brief: Brief, understood: Understood, frame: Frame, without: frozenset[str]) -> Planned:
    """The plan that leaves the beats ``without`` out, as far as a film can be without them."""
    seed = seed_of(brief)
    tone = tones()[frame.tone]
    teller = Teller(understood, frame.tone, tone, frame.language, seed, brief.text)
    teller.long = frame.ms >= GENERAL_MS
    tone = _sparing(tone, teller)
    moving = [m for m in brief.materials if m.treatment in ("photo", "clip")]
    shape = _shape(brief)
    names = outline(
        frame.ms, _tempered(tone, understood), understood, lambda beat: beat not in without and teller.can(beat),
        len(moving), shape, filmed=is_filmed(brief, frame),
    )  # fmt: skip
    teller.plans(names)
    times = timeline(names, frame.frames, frame.flavor.fps, tone, tone.mood, _needs(names, teller, frame))
    planned = laid_out(brief, understood, frame, teller, tone, names, times)
    return replace(planned, said=(*planned.said, *_unshaped(shape, names)))


def is_filmed(brief: Brief, frame: Frame) -> bool:
    """Whether a video model makes the pictures."""
    from reelwright.planner.casting.terms import asked_of

    return bool(asked_of(brief, frame.flavor).videos)


def as_cast(planned: Planned, brief: Brief) -> Planned:
    """The plan with its shots, voices and music given to the models that the brief asks for."""
    from reelwright.planner.casting.keeping import cast_for

    made_by = cast_for(planned.plan, brief)
    return replace(planned, plan=made_by.plan, said=(*planned.said, *made_by.said))


def _of_length(brief: Brief, understood: Understood, frame: Frame) -> list[str]:
    """Where the film is not as long as the brief's words say."""
    found, words = understood.length_ms, snapped(understood.length_ms)
    if found is None or found.span is None:
        return []
    seconds = f"{frame.ms / 1000:g} s"
    if brief.length_ms is None:
        return (
            [f"The brief says “{words}”: the film is {seconds}, a usual length; --length keeps to any."]
            if words
            else []
        )
    apart = abs(int(str(found.value)) - brief.length_ms)
    if not apart or (words and apart <= SNAPPED_MS):
        return []
    return [f"The brief says “{found.span.text}”, the length that is set is {seconds}: the film is that."]


def _shape(brief: Brief) -> Archetype | None:
    if not brief.archetype:
        return None
    from reelwright.planner.archetypes import archetype

    return archetype(brief.archetype)


def _unshaped(shape: Archetype | None, names: Sequence[str]) -> list[str]:
    """What a shape lives on and this film has not."""
    missing = [name for name in shape.core if name not in names] if shape else []
    return (
        [f"{shape.name} lives on {' and '.join(missing)}; the brief or the length has nothing for it."]
        if shape and missing
        else []
    )


def laid_out(
    brief: Brief, understood: Understood, frame: Frame, teller: Teller, tone: Tone, names: Sequence[str],
    times: Timeline, *, written: Written | None = None,
) -> Planned:  # fmt: skip
    """The plan whose beats, times and words are settled: shots, requests and bed, all of it our own. Pure.

    ``written``: who wrote the words, where the rules did not: a language model, with prompts of its own.
    """
    seed = written.seed if written else teller.seed
    given = allot(names, times.lengths, brief.materials, frame.flavor.fps, _spoken(understood, teller.name))
    house = _house(frame, brief, understood)
    making = Making(
        names=tuple(names), times=times, teller=teller, tone=tone, house=house, seed=seed, variation=brief.variation,
        prompts=written.prompts if written else None, extra=extra_of(frame.flavor),
    )  # fmt: skip
    made = assemble(making, given)
    whole = Plan(
        schema=SCHEMA,
        brief=digest_of(brief),
        title=teller.name,
        fps=house.fps,
        size=house.size,
        look=house.look,
        tone=frame.tone,
        language=frame.language,
        beats=tuple(made),
        bed=_bed(made, making),
        caption_style=frame.flavor.captions,
        author="model" if written else "rules",
    )
    whole = _branded(whole, teller.name)
    return Planned(
        plan=whole,
        understood=understood,
        said=tuple(_said(understood, frame, _unseen(whole, brief, given), brief, teller)),
    )


def plan_work(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> Made:
    """The work ``words.plan``: ``args["brief"]`` in plain JSON becomes ``plan.json``. Costs nothing."""
    from reelwright.reel.document import from_plain, to_json

    planned = plan(from_plain(Brief, args["brief"], "brief"))
    path = room / "plan.json"
    path.write_text(to_json(planned.plan), encoding="utf-8")
    report(1.0)
    facts = {"understood": planned.understood.shown(), "said": list(planned.said)}
    return Made(files=(MadeFile(path=path, mime="application/json", name="plan"),), facts=facts)


def frame_of(brief: Brief, understood: Understood) -> Frame:
    """Flags first, then the brief's words, then the flavor."""
    heard = str(understood.aspect.value) if understood.aspect else None
    chosen = flavor_of(brief, "short" if (brief.aspect or heard) == "9:16" else "spot")
    aspect = brief.aspect or heard or chosen.aspect
    length = brief.length_ms or (understood.length_ms.value if understood.length_ms else chosen.length_ms)
    ms = min(LONGEST_MS, max(1000, int(str(length))))
    ms = frames_to_ms(ms_to_frames(ms, chosen.fps), chosen.fps)  # what a whole number of frames lasts
    tone = str(understood.tone.value) if understood.tone else chosen.tone
    if understood.offer and not (understood.tone and understood.tone.confidence >= HINTED):
        tone = "energetic"  # a deal is told with energy unless the brief asks for another tone
    return Frame(flavor=chosen, aspect=aspect, ms=ms, tone=tone, language=str(understood.language.value))  # type: ignore[arg-type]


def extra_of(chosen: Flavor) -> Extra:
    """What the flavor adds to what shots and stills show."""
    return Extra(style=chosen.style, never=chosen.never, beats=chosen.beats, image=chosen.image)


def _tempered(tone: Tone, understood: Understood) -> Tone:
    """A tone that the brief only hints at drops no beat for which the brief brings evidence."""
    if understood.tone and understood.tone.confidence >= EXPLICIT:
        return tone
    return replace(tone, drop=tuple(name for name in tone.drop if name not in evidence(understood)))


def _sparing(tone: Tone, teller: Teller) -> Tone:
    """Beats that have little to show are given less of the film."""
    thin = {name: tone.weights.get(name, 100) * THIN // 100 for name in ("demo", "benefit") if teller.thin(name)}
    return replace(tone, weights={**tone.weights, **thin})


def _spoken(understood: Understood, name: str) -> frozenset[str]:
    """Words that the brief calls the thing itself by."""
    said = " ".join([name, *(f.text for f in (understood.kind, understood.product) if f)])
    return named_in(said)


def _house(frame: Frame, brief: Brief, understood: Understood) -> House:
    return House(
        fps=frame.flavor.fps,
        size=size_of(frame.aspect, brief.short_side),
        look=frame.flavor.look,
        language=frame.language,
        accent=understood.accent.text if understood.accent else "",
        animatic=frame.flavor.animatic,
        composer=frame.flavor.composer,
    )


def _needs(names: Sequence[str], teller: Teller, frame: Frame) -> dict[int, int]:
    """Frames that a beat needs for the words it cannot be without."""
    if Fraction(frame.ms, 1000) < SHORT_S:
        return {}
    needs = {}
    for index, name in enumerate(names):
        least: dict[str, str] = {}
        if name in ("reveal", "end_card"):
            least = {"name": teller.name}
        elif name == "testimonial" and teller.u.quote:
            least = {"quote": " ".join(["a"] * 10), "who": teller.u.quote.who}
        elif name == "proof" and teller.u.proofs:
            many = 2 if frame.ms >= TWO_NUMBERS_MS else 1
            parts = [{"number": p.number, "unit": p.unit, "label": "for it"} for p in teller.u.proofs[:many]]
            needs[index] = sum(int(reading_frames(part, frame.language, frame.flavor.fps)) for part in parts)
        elif name == "urgency" and teller.u.deadline:
            least = {"line": teller.u.deadline.text}
        elif name == "offer" and teller.u.offer:
            least = {"deal": trim(teller.u.offer.deal.text, 6, frame.language)}
        if least:
            needs[index] = int(reading_frames(least, frame.language, frame.flavor.fps))
    return needs


def _bed(beat_row: Sequence[Beat], making: Making) -> Bed:
    energies = {name: rule.energy for name, rule in beats().items()}
    tone, bpm = making.tone, making.times.grid.bpm_milli
    request = match_bed(beat_row, energies, tone.mood, bpm, number(making.seed, "bed"), making.house)
    return Bed(mood=tone.mood, bpm_milli=bpm, request=request)


def _branded(whole: Plan, name: str) -> Plan:
    """A small bug from the first second on, where neither name nor product comes early enough by itself."""
    if cue_at(whole) <= brand_due(whole) or tones()[whole.tone].brand_by > 400 or whole.length < 2 * whole.fps[0]:
        return whole
    second = Frames(whole.fps[0] // whole.fps[1])
    first = whole.beats[0]
    shot = next(s for s in first.shots)
    if shot.length <= second:
        return whole
    bugged = replace(shot, overlays=(*shot.overlays, Overlay(kind="bug", text=name, start=second)))
    beat = replace(first, shots=(bugged, *first.shots[1:]))
    return replace(whole, beats=(beat, *whole.beats[1:]))


def _unseen(whole: Plan, brief: Brief, given: Allotment) -> dict[str, str]:
    """Materials, by name, that stand in no shot, and why."""
    shown = {
        asset
        for shot in whole.shots
        for asset in ([shot.source.asset] if isinstance(shot.source, Own) else [i.asset for i in shot.source.inputs])
    }
    why = {material.asset: reason for material, reason in given.left}
    short = "the film is too short for it"
    return {m.name: why.get(m.asset, short) for m in brief.materials if m.asset not in shown}


def _said(understood: Understood, frame: Frame, unseen: Mapping[str, str], brief: Brief, teller: Teller) -> list[str]:
    """What was decided for the person, and the one question."""
    said = []
    best = max((f.confidence for f in (understood.product, understood.brand) if f), default=0)
    if best < SURE:
        address = understood.url.text if understood.product and understood.url else ""
        source = f"it is taken from {address}" if address else "nor an address"
        said.append(f"The brief gives no name ({source}); the film says {teller.name!r}. What is it called?")
    if brief.length_ms is None and understood.length_ms is None:
        said.append(f"No length is asked for: {frame.flavor.name} films last {frame.ms / 1000:g} s.")
    said += _of_length(brief, understood, frame)
    if understood.tone is None:
        said.append(f"No tone is asked for: it is told in a tone that is {frame.tone}.")
    if understood.aspect and brief.aspect is None and understood.aspect.text != frame.flavor.aspect:
        flavor = frame.flavor
        said.append(
            f"The brief asks for {understood.aspect.text}: the film is {frame.aspect}, "
            f"where flavor {flavor.name} has {flavor.aspect}."
        )
    elif understood.platform and understood.aspect and brief.aspect is None and understood.aspect.text != WIDE:
        where = understood.platform.span
        said.append(
            f"The brief says “{where.text if where else understood.platform.text}”: the film is {frame.aspect}."
        )
    if understood.deadline and understood.offer is None:
        said.append(f"A date is named ({understood.deadline.text}) but no offer: nothing urges.")
    if missing := left_out(brief.text):
        said.append(f"Left out of the words on screen: {' and '.join(missing)}.")
    said += [f"{name} is not shown: {why}." for name, why in unseen.items()]
    return said
