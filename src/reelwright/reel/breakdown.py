"""``breakdown(plan, goal)``: a plan as a graph of steps. Pure: no catalogue, no clock, no disk."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from reelwright.reel.brief import Goal
from reelwright.reel.cues import Cue, cues, within
from reelwright.reel.graph import Graph, Step
from reelwright.reel.noun import ShotId, StepKey
from reelwright.reel.plan import Bed, Own, Plan, Shot, shown_from
from reelwright.reel.request import Input, Request
from reelwright.units import seconds_to_frames


def still_key(shot: ShotId) -> StepKey:
    return StepKey(f"still/{shot}")


def take_key(shot: ShotId) -> StepKey:
    return StepKey(f"take/{shot}")


def voice_key(line: str) -> StepKey:
    return StepKey(f"voice/{line}")


VIDEO_MODES = ("text_to_video", "image_to_video", "first_last_frame", "reference_to_video")
"""What an AI model is asked for, for a take."""
OURS = ("animatic/", "composer/", "rules/")
"""How the ids of models begin that draw and compose here."""
_FADE_S = (Fraction(1), Fraction(2), Fraction(4))
"""Least, usual and longest. Source: craft.md 1.2: the end card's tail rings for 0.8 to 1.5 s after its first frames."""
BED = StepKey("bed/film")
MIX = StepKey("mix/film")
FILM = StepKey("film/film")


def body_key(shot: ShotId) -> StepKey:
    return StepKey(f"segment/{shot}")


def join_key(shot: ShotId) -> StepKey:
    """The transition out of ``shot``."""
    return StepKey(f"segment/{shot}/into")


def breakdown(plan: Plan, goal: Goal) -> Graph:
    """All steps on the way to ``goal``, with the goal's own steps named."""
    kept = _kept.get((id(plan), goal))
    if kept and kept[0] is plan:
        return kept[1]
    if sum(1 + len(graph.steps) for _, graph in tuple(_kept.values())) >= _MOST_KEPT:
        _kept.clear()
    made = _breakdown(plan, goal)
    _kept[id(plan), goal] = (plan, made)
    return made


_kept: Final[dict[tuple[int, Goal], tuple[Plan, Graph]]] = {}
"""By the very plan, which never changes (kept, so that its identity is its own): a director asks at every landing.
Threads share it: whoever reads all of it reads a copy.
"""
_MOST_KEPT: Final = 512
"""Steps, of all graphs together: some eight films under way."""


def _breakdown(plan: Plan, goal: Goal) -> Graph:
    steps: dict[StepKey, Step] = {}
    stills = _add(steps, _stills(plan))
    if goal in ("plan", "storyboard"):
        return Graph(steps=steps, goal=tuple(stills) if goal == "storyboard" else ())
    takes = _add(steps, _takes(plan))
    voices = _voices(plan)
    if goal == "takes":
        _add(steps, voices if any(shot.waits for shot in plan.shots) else [])
        return Graph(steps=steps, goal=tuple(takes))
    sound = _add(steps, [*voices, *_bed(plan)])
    if goal == "cut":
        return Graph(steps=steps, goal=(*takes, *sound))
    segments = _add(steps, _segments(plan))
    _add(steps, [_mix(plan), _film(plan, segments)])
    return Graph(steps=steps, goal=(FILM,))


def _add(steps: dict[StepKey, Step], made: list[Step]) -> list[StepKey]:
    steps.update({step.key: step for step in made})
    return [step.key for step in made]


def _stills(plan: Plan) -> list[Step]:
    return [Step(key=still_key(s.id), kind="still", request=s.still) for s in plan.shots if s.still]


def _takes(plan: Plan) -> list[Step]:
    """A take of each shot that is made; one whose length follows from words waits until these are spoken."""
    unspoken = _unspoken(plan)
    return [
        Step(key=take_key(s.id), kind="take", request=s.source, after=unspoken if s.waits else ())
        for s in plan.shots
        if not isinstance(s.source, Own)
    ]


def _unspoken(plan: Plan) -> tuple[StepKey, ...]:
    """Voice lines whose length nobody knows yet: together they say how long the shots of their beats last."""
    return tuple(voice_key(line.id) for _, line in plan.lines() if line.request and line.spoken is None)


def _voices(plan: Plan) -> list[Step]:
    return [
        Step(key=voice_key(line.id), kind="voice", request=line.request) for _, line in plan.lines() if line.request
    ]


def _bed(plan: Plan) -> list[Step]:
    """The bed is as long as the film, which voice lines may still lengthen."""
    return [Step(key=BED, kind="bed", request=plan.bed.request, after=_unspoken(plan))] if plan.bed else []


def _picture(shot: Shot) -> Input:
    if isinstance(shot.source, Own):
        return Input(role="source", asset=shot.source.asset)
    return Input(role="source", of=take_key(shot.id))


def _segments(plan: Plan) -> list[Step]:
    """A body for each shot, and a segment of its own for each transition that takes time."""
    said, windows, shots = cues(plan), plan.windows(), plan.shots
    house = {"size": list(plan.size), "fps": list(plan.fps)}
    drawn = {"look": plan.look, "language": plan.language, "style": plan.caption_style}
    if plan.accent:
        drawn["accent"] = plan.accent
    made: list[Step] = []
    for index, shot in enumerate(shots):
        begin, end = windows[shot.id]
        head = shots[index - 1].into.over if index else 0
        args: dict[str, Any] = {**house, "start": int(shown_from(plan, shot)) + head, "length": end - begin - head}
        args |= _bought(shot) | _drawn_over(shot, said, begin + head, end, begin, drawn)
        made.append(
            Step(key=body_key(shot.id), kind="segment", work="segment.body", args=args, needs=(_picture(shot),))
        )
        if shot.into.over and index + 1 < len(shots):
            after = shots[index + 1]
            args = {
                **house,
                "transition": shot.into.kind,
                "length": int(shot.into.over),
                "starts": [int(shown_from(plan, shot)) + int(shot.length), int(shown_from(plan, after))],
                "look": plan.look,
            }
            args |= _bought(shot) | _bought(after) | _drawn_over(after, said, end, end + shot.into.over, end, drawn)
            needs = (_picture(shot), _picture(after))
            made.append(Step(key=join_key(shot.id), kind="segment", work="segment.transition", args=args, needs=needs))
    return made


def _bought(shot: Shot) -> dict[str, Any]:
    """What a model made may be a few frames shorter than it was sold."""
    made = not isinstance(shot.source, Own) and shot.source.mode in VIDEO_MODES
    return {"bought": True} if made else {}


def _drawn_over(
    shot: Shot, said: tuple[Cue, ...], begin: int, end: int, window: int, drawn: dict[str, Any]
) -> dict[str, Any]:
    """Captions and overlays over frames [begin, end) of the film; nothing is said of drawing where none is needed."""
    captions = within(said, begin, end) if shot.shows == "caption" else []
    overlays = []
    for overlay in shot.overlays:
        start = window + overlay.start
        stop = min(end, start + overlay.length if overlay.length is not None else end)
        start = max(start, begin)
        if start < stop:
            laid = {"kind": overlay.kind, "text": overlay.text, "start": start - begin, "length": stop - start}
            if overlay.kind == "title":  # one that has begun before stands still from its first frame
                laid |= {"words": dict(overlay.words), "elapsed": start - window - overlay.start}
            overlays.append(laid)
    if not captions and not overlays:
        return {}
    return {**drawn, "captions": captions, "overlays": overlays}


def _mix(plan: Plan) -> Step:
    """One full-length mix: bed, voice lines and what takes bring of their own. Sound is never segmented."""
    needs: list[Input] = []
    tracks: list[dict[str, Any]] = []
    if plan.bed:
        needs.append(Input(role="bed", of=BED))
        tracks.append({"at": 0, "length": int(plan.length), **_ending(plan, plan.bed)})
    for start, line in plan.lines():
        if line.request:
            needs.append(Input(role="voice", of=voice_key(line.id)))
            tracks.append({"at": int(start), "length": int(line.room)})
    windows = plan.windows()
    for shot in plan.shots:
        if shot.sound != "mute":
            needs.append(Input(role="sound", **_source_of(_picture(shot))))
            begin, end = windows[shot.id]
            tracks.append(
                {"at": int(begin), "length": end - begin, "start": int(shown_from(plan, shot)), "level": shot.sound}
            )
    args = {
        "fps": list(plan.fps),
        "frames": int(plan.length),
        "tracks": tracks,
        "lufs_milli": -14000,
        "dbtp_milli": -1000,
    }
    return Step(key=MIX, kind="mix", work="mix", args=args, needs=tuple(needs))


def _ending(plan: Plan, bed: Bed) -> dict[str, int]:
    """Frames for which a bed that was bought fades where it has no end of its own: what we compose ends on a button.

    It goes down while the last shot is up, where that is a card and no scene; else for two seconds.
    """
    if bed.request.model.startswith(OURS):
        return {}
    last = plan.shots[-1].length
    shortest, usual, longest = (seconds_to_frames(seconds, plan.fps) for seconds in _FADE_S)
    return {"fade": max(1, min(last if shortest <= last <= longest else usual, plan.length // 2))}


def _source_of(picture: Input) -> dict[str, Any]:
    return {"asset": picture.asset} if picture.asset else {"of": picture.of}


def _film(plan: Plan, segments: list[StepKey]) -> Step:
    """Join the segments in the order of the timeline, lay the mix under them, write the sidecars, measure."""
    windows = plan.windows()
    shots: list[dict[str, Any]] = [
        {"shot": s.id, "start": int(windows[s.id][0]), "length": int(s.length), "holds": s.shows == "drawn"}
        for s in plan.shots
    ]
    for told, shot in zip(shots, plan.shots, strict=True):
        if shot.shows != "drawn" and isinstance(shot.source, Request) and shot.source.model.startswith(OURS):
            told["drawn"] = True  # a picture that is moved slowly, or held, is what was asked for
    for told, before, shot in zip(shots[1:], plan.shots, plan.shots[1:], strict=False):
        if goes_on(before, shot):
            told["continues"] = True
    args = {
        "size": list(plan.size),
        "fps": list(plan.fps),
        "frames": int(plan.length),
        "language": plan.language,
        "title": plan.title,
        "shots": shots,
        "cues": [{"text": c.text, "start": int(c.start), "length": int(c.length)} for c in cues(plan)],
        "source_type": source_type(plan),
    }
    needs = (*(Input(role="segment", of=key) for key in segments), Input(role="mix", of=MIX))
    return Step(key=FILM, kind="film", work="film", args=args, needs=needs)


def goes_on(before: Shot, shot: Shot) -> bool:
    """Whether the shot opens on the last frame of the one before it, so that no seam may be seen."""
    if isinstance(shot.source, Own) or before.into.over:
        return False
    return any(i.of == take_key(before.id) and i.part == "last_frame" for i in shot.source.inputs)


def source_type(plan: Plan) -> str:
    """IPTC digital source type of the film: drawn by a program, or also made by trained models."""
    models = [s.source.model for s in plan.shots if not isinstance(s.source, Own)]
    if any(not model.startswith(OURS) for model in models):
        return "compositeWithTrainedAlgorithmicMedia"
    return "composite" if any(isinstance(s.source, Own) for s in plan.shots) else "algorithmicMedia"
