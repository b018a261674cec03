"""Beats of a plan from names, times and words: drafts become shots, shots become requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from reelwright.planner.ids import derived, number
from reelwright.planner.match import House, Picture, Place, clip_frames, match_shot, match_still
from reelwright.planner.materials import Allotment, moves, staged
from reelwright.planner.prompts import Extra, shot_prompt
from reelwright.planner.rhythm import counts
from reelwright.planner.shots import Cast, Draft, draft_beat, supply
from reelwright.planner.tables import Tone, beats, scenes
from reelwright.planner.timeline import Timeline
from reelwright.planner.words import Teller
from reelwright.reel.brief import Material
from reelwright.reel.noun import ShotId, noun
from reelwright.reel.plan import Beat, Line, Own, Shot, Transition
from reelwright.units import Frames


@noun
class Making:
    """All that is settled before shots are cut. ``seed``: digest that ids and chance follow from.

    ``prompts``: what each shot shows, by beat, shot and size, where somebody wrote it; None: the rules do.
    """

    names: tuple[str, ...]
    times: Timeline
    teller: Teller
    tone: Tone
    house: House
    seed: str
    variation: int
    extra: Extra
    prompts: Callable[[int, int, str], str] | None = None


def assemble(making: Making, given: Allotment) -> list[Beat]:
    """All beats with their shots, requests and lines."""
    camera = moves()
    casts = [_cast(given, index) for index in range(len(making.names))]
    supplies = [supply(name, making.teller, cast) for name, cast in zip(making.names, casts, strict=True)]
    shots = counts(making.names, making.times.lengths, supplies, making.tone, making.house.fps)
    drafts = [
        draft_beat(
            name, making.times.starts[index], making.times.lengths[index], shots[index], teller=making.teller,
            tone=making.tone, fps=making.house.fps, grid=making.times.grid, cast=casts[index], moves=camera,
        )
        for index, name in enumerate(making.names)
    ]  # fmt: skip
    cuts = _transitions(making.names, drafts, making.tone, making.house.fps)
    sizes = _sizes(making.names, drafts)
    return [
        _beat(making, index, drafts[index], sizes[index], cuts.get(index, Transition()))
        for index in range(len(making.names))
    ]


def _cast(given: Allotment, index: int) -> Cast:
    hero = given.heroes.get(index)
    return Cast(fills=given.fills.get(index, ()), heroes=given.screens.get(index, (hero,) if hero else ()))


def _transitions(
    names: Sequence[str], drafts: Sequence[Sequence[Draft]], tone: Tone, fps: tuple[int, int]
) -> Mapping[int, Transition]:
    """The transition out of a beat, by its index. Hard cuts are at least 85 in 100 joins. Source: craft.md 3.5."""
    joins = sum(len(row) for row in drafts) - 1
    if joins < 7:
        return {}
    if tone.into != "cut":
        index, kind, most = len(names) - 2, tone.into, tone.over
    else:
        kind, most = "push", 10
        index = next(
            (i for i in range(len(names) - 2) if names[i] in ("demo", "benefit") and names[i + 1] != "demo"),
            len(names) - 2,
        )
    here, after = drafts[index][-1], drafts[index + 1][0]
    over = min(most * fps[0] // (fps[1] * 30), here.length // 2, after.length // 2)
    if over < 4 or not _bears(here, over, fps):
        return {}
    return {index: Transition(kind="dissolve" if kind == "dissolve" else "push", over=Frames(over))}


def _bears(draft: Draft, over: int, fps: tuple[int, int]) -> bool:
    """A clip must bring the transition's frames beyond its window; what we draw is drawn as long as needed."""
    material = draft.material
    return not (material and material.treatment == "clip") or draft.length + over <= clip_frames(material.ms or 0, fps)


def _sizes(names: Sequence[str], drafts: Sequence[Sequence[Draft]]) -> list[list[str]]:
    """Shot sizes by beat and shot, in each beat's order of preference; no two that meet are the same."""
    made: list[list[str]] = []
    last = ""
    for name, row in zip(names, drafts, strict=True):
        likes = beats()[name].sizes
        chosen: list[str] = []
        for k in range(len(row)):
            turn = [likes[(k + j) % len(likes)] for j in range(len(likes))]
            last = next((size for size in turn if size != last), "WS" if last != "WS" else "MS")
            chosen.append(last)
        made.append(chosen)
    return made


def _beat(making: Making, index: int, drafts: Sequence[Draft], sizes: Sequence[str], into: Transition) -> Beat:
    name, start = making.names[index], making.times.starts[index]
    shots = []
    at = start
    for k, draft in enumerate(drafts):
        out = into if k == len(drafts) - 1 else Transition()
        shots.append(_shot(making, index, k, draft, sizes[k], at, out, last=k == len(drafts) - 1))
        at = Frames(at + draft.length)
    return Beat(
        id=derived("beat", making.seed, str(index)),
        name=name,
        start=start,
        length=making.times.lengths[index],
        shots=tuple(shots),
        lines=_lines(making, index, drafts),
    )


def _shot(
    making: Making, index: int, k: int, draft: Draft, size: str, at: int, into: Transition, *, last: bool
) -> Shot:
    where = f"{index}.{k}"
    shot = ShotId(derived("shot", making.seed, where))
    prompt = _prompt(making, index, k, size)
    material = draft.material
    if material and material.treatment == "clip":
        sound = "duck" if material.sound and making.teller.tone not in ("luxury", "energetic") else "mute"
        return Shot(
            id=shot, prompt=prompt, length=draft.length, source=Own(asset=material.asset), words=draft.told.words,
            shows="caption", sound="duck" if sound == "duck" else "mute", into=into,
        )  # fmt: skip
    hits = making.times.grid.beats_in(at, at + draft.length + into.over)
    place = Place(
        beat=draft.staging or making.names[index],
        after=making.names[index] if k else _name(making, index - 1),
        before=_name(making, index + 1) if last else making.names[index],
        hits=tuple(hits),
        variant=making.variation * 8 + k,
        seed=number(making.seed, where),
        picture=replace(staged(material), move=draft.move) if material else _hero(draft.hero),
    )
    request = match_shot(prompt, draft.told.words, draft.length + into.over, place, making.house)
    return Shot(
        id=shot, prompt=prompt, length=draft.length, source=request, words=draft.told.words, into=into,
        still=match_still(request) if k == 0 else None, shows="caption" if material else "drawn",
    )  # fmt: skip


def _name(making: Making, index: int) -> str:
    return making.names[index] if 0 <= index < len(making.names) else ""


def _hero(material: Material | None) -> Picture | None:
    return staged(material) if material else None


def _prompt(making: Making, index: int, k: int, size: str) -> str:
    if making.prompts:
        return making.prompts(index, k, size)
    teller = making.teller
    kind = teller.slots.value("kind")
    lock = f"{teller.name}, {kind}" if kind else teller.name  # the product in the same words in every prompt
    scene = scenes()[str(teller.u.category.value) if teller.u.category else "thing"]
    barred = [found.text for found in teller.u.mustnot]
    return shot_prompt(
        making.names[index], size, scene=scene, tone=making.tone, lock=lock, index=k, barred=barred,
        extra=making.extra,
    )  # fmt: skip


def _lines(making: Making, index: int, drafts: Sequence[Draft]) -> tuple[Line, ...]:
    """A line for each shot that has one, to the next line; a picture after staged words takes no caption from them."""
    made = []
    at = 0
    for k, draft in enumerate(drafts):
        if draft.told.said:
            ends = (i for i in range(k + 1, len(drafts)) if drafts[i].told.said or _filled(drafts[i]) != _filled(draft))
            end = next(ends, len(drafts))
            room = max(1, sum(d.length for d in drafts[k:end]))
            line = derived("line", making.seed, f"{index}.{k}")
            made.append(Line(id=line, text=draft.told.said, start=Frames(at), room=Frames(room)))
        at += draft.length
    return tuple(made)


def _filled(draft: Draft) -> bool:
    """Does a picture fill the frame, so that captions carry the words?"""
    return draft.material is not None
