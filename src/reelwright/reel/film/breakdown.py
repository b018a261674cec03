"""``build_graph(plan, goal)`` turns a plan into a graph of steps. Pure: no catalogue, no clock, no disk."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final

from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.cues import Cue, compute_shown_cues, trim_cues
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING, EncodingOptions
from reelwright.reel.film.formats import add_format_steps, derive_format_plan
from reelwright.reel.film.loudness_target import WEB_DBTP, WEB_LUFS
from reelwright.reel.film.plan import (
    Bed,
    OwnFootage,
    Plan,
    Shot,
    compute_take_length,
    find_source_start,
    has_other_sound,
)
from reelwright.reel.film.preset import choose_loudness, select_presets
from reelwright.reel.graph.graph import Graph, Step
from reelwright.reel.graph.request import Input, Request
from reelwright.units import convert_seconds_to_frames, find_nearest_aspect


def make_still_key(shot: ShotId) -> StepKey:
    """Return the key of the step that obtains a shot's storyboard still."""
    return StepKey(f"still/{shot}")


def make_take_key(shot: ShotId) -> StepKey:
    """Return the key of the step that obtains the takes of a shot."""
    return StepKey(f"take/{shot}")


def make_voice_key(line: str) -> StepKey:
    """Return the key of the step that obtains the voice of the line with the id ``line``."""
    return StepKey(f"voice/{line}")


VIDEO_MODES = ("text_to_video", "image_to_video", "first_last_frame", "reference_to_video")
"""The modes in which an AI model can be asked for a take."""
ANIMATIC_MODEL = "animatic/2026.1"
COMPOSER_MODEL = "composer/2026.1"
RULES_MODEL = "rules/2026.2"
"""The models that draw, compose and plan on this machine now; an id carries its edition."""
_FADE_S = (Fraction(1), Fraction(2), Fraction(4))
"""Shortest, usual and longest fade of the bed, in seconds. Source: craft.md 1.2: the end card's tail rings for 0.8 to
1.5 s after its first frames.
"""
BED = StepKey("bed/film")
MIX = StepKey("mix/film")
FILM = StepKey("film/film")


def make_segment_key(shot: ShotId) -> StepKey:
    """Return the key of the segment with a shot's frames, without those of a transition into it."""
    return StepKey(f"segment/{shot}")


def make_transition_key(shot: ShotId) -> StepKey:
    """Return the key of the segment that holds the transition out of ``shot``."""
    return StepKey(f"segment/{shot}/into")


def build_graph(plan: Plan, goal: Goal, encoding: EncodingOptions = DEFAULT_ENCODING) -> Graph:
    """Return the graph of all steps on the way to ``goal``; ``Graph.goal`` names the steps of the goal itself.

    ``encoding``: how this process encodes, as ``Standing.encoding`` says. It decides the fingerprints of our own work;
    the default is enough for a caller that reads nothing but requests. Graphs are cached by the identity of the plan.
    """
    found = _cached_graphs.find(plan, goal, encoding)
    if found is None:
        found = (_build_graph if plan.formats else _build_format_graph)(plan, goal, encoding)
        _cached_graphs.keep(plan, goal, encoding, found)
    return found


class _GraphCache:
    """Graphs by the ``id`` of their plan, by goal and by encoding. A director asks for one at every recorded outcome.

    Each entry also holds its plan, so that no other plan can get the same ``id``. Plans never change. Threads share the
    cache: their count of steps may be off by a few, until it is full and begins again.
    """

    def __init__(self) -> None:
        self._graphs: dict[tuple[int, Goal, EncodingOptions], tuple[Plan, Graph]] = {}
        self._steps = 0

    def find(self, plan: Plan, goal: Goal, encoding: EncodingOptions) -> Graph | None:
        found = self._graphs.get((id(plan), goal, encoding))
        return found[1] if found and found[0] is plan else None

    def keep(self, plan: Plan, goal: Goal, encoding: EncodingOptions, graph: Graph) -> None:
        if self._steps >= _MOST_CACHED_STEPS:
            self._graphs.clear()
            self._steps = 0
        self._graphs[id(plan), goal, encoding] = (plan, graph)
        self._steps += 1 + len(graph.steps)


_cached_graphs: Final = _GraphCache()
_MOST_CACHED_STEPS: Final = 2048
"""Most steps of all cached graphs together: about thirty films under way, or four of sixty shots on a page."""


def _build_graph(plan: Plan, goal: Goal, encoding: EncodingOptions) -> Graph:
    """Return the graph of the plan, and of each further format, which shares every step that is the same for it."""
    graph = _build_format_graph(plan, goal, encoding)
    if goal in ("plan", "storyboard"):
        return graph
    for one in plan.formats:
        other = _build_format_graph(derive_format_plan(plan, one), goal, encoding, can_reframe=True)
        graph = add_format_steps(graph, other, one)
    return graph


def _build_format_graph(plan: Plan, goal: Goal, encoding: EncodingOptions, *, can_reframe: bool = False) -> Graph:
    steps: dict[StepKey, Step] = {}
    stills = _add(steps, _stills(plan))
    if goal in ("plan", "storyboard"):
        return Graph(steps=steps, goal=tuple(stills) if goal == "storyboard" else ())
    takes = _add(steps, _takes(plan, encoding))
    voices = _voices(plan)
    if goal == "takes":
        _add(steps, voices if any(shot.length_needs_voice for shot in plan.shots) else [])
        return Graph(steps=steps, goal=tuple(takes))
    sound = _add(steps, [*voices, *_bed(plan)])
    if goal == "cut":
        return Graph(steps=steps, goal=(*takes, *sound))
    segments = _add(steps, _segments(plan, encoding, can_reframe=can_reframe))
    _add(steps, [_mix(plan, encoding), _film(plan, segments, encoding)])
    return Graph(steps=steps, goal=(FILM,))


def _add(steps: dict[StepKey, Step], made: list[Step]) -> list[StepKey]:
    steps.update({step.key: step for step in made})
    return [step.key for step in made]


def _stills(plan: Plan) -> list[Step]:
    return [Step(key=make_still_key(s.id), kind="still", request=s.still) for s in plan.shots if s.still]


def _takes(plan: Plan, encoding: EncodingOptions) -> list[Step]:
    """Return a take step for every shot but own footage; where the length needs the voice, after the voice lines."""
    unspoken, bought_from = _list_unspoken(plan), _find_bought_from(plan)
    made: list[Step] = []
    for shot in plan.shots:
        if isinstance(shot.source, OwnFootage):
            continue
        key = make_take_key(shot.id)
        can_vary = shot.source.is_local and key not in bought_from
        args = encoding.to_args() if can_vary else {}
        after = unspoken if shot.length_needs_voice else ()
        made.append(Step(key=key, kind="take", request=shot.source, args=args, after=after))
    return made


def _find_bought_from(plan: Plan) -> frozenset[StepKey]:
    """Find the steps whose bytes stand in the fingerprint of a bought take or still, directly or through others.

    A drawn take among them is always encoded at the defaults, and no option stands in its fingerprint. Otherwise
    another CRF, or an upgrade of ffmpeg, would change its bytes, and the bought take would be bought again.
    """
    requests = {make_take_key(s.id): s.source for s in plan.shots if isinstance(s.source, Request)}
    requests |= {make_still_key(s.id): s.still for s in plan.shots if s.still}
    found: set[StepKey] = set()
    todo = [request for request in requests.values() if not request.is_local]
    while todo:
        more = {i.of for i in todo.pop().inputs if i.of} - found
        found |= more
        todo += [requests[key] for key in more if key in requests]
    return frozenset(found)


def _list_unspoken(plan: Plan) -> tuple[StepKey, ...]:
    """Return the keys of voice lines without a length yet. The lengths of the shots in their beats depend on them."""
    return tuple(
        make_voice_key(line.id) for _, line in plan.list_lines() if line.request and line.spoken_length is None
    )


def _voices(plan: Plan) -> list[Step]:
    return [
        Step(key=make_voice_key(line.id), kind="voice", request=line.request)
        for _, line in plan.list_lines()
        if line.request
    ]


def _bed(plan: Plan) -> list[Step]:
    """Return the step of the bed. The bed is as long as the film, which voice lines may still lengthen."""
    return [Step(key=BED, kind="bed", request=plan.bed.request, after=_list_unspoken(plan))] if plan.bed else []


def _picture(shot: Shot) -> Input:
    if isinstance(shot.source, OwnFootage):
        return Input(role="source", asset=shot.source.asset)
    return Input(role="source", of=make_take_key(shot.id))


def _segments(plan: Plan, encoding: EncodingOptions, *, can_reframe: bool) -> list[Step]:
    """Return one segment for the body of each shot, and one for each transition that takes time.

    ``can_reframe``: pictures that were not drawn for this format are cropped around their subjects.
    """
    film_cues, windows, shots = compute_shown_cues(plan), plan.compute_windows(), plan.shots
    house = {"size": list(plan.size), "fps": list(plan.fps), **encoding.to_args()}
    drawn = {"look": plan.drawn_look, "language": plan.language, "style": plan.caption_style}
    if plan.caption_choice:
        drawn["choice"] = plan.caption_choice
    if plan.accent:
        drawn["accent"] = plan.accent
    font = (Input(role="font", asset=plan.font),) if plan.font else ()
    made: list[Step] = []
    for index, shot in enumerate(shots):
        begin, end = windows[shot.id]
        head = shots[index - 1].transition.length if index else 0
        args: dict[str, Any] = {
            **house,
            "start": int(find_source_start(plan, shot)) + head,
            "length": end - begin - head,
        }
        args |= _mark_bought(shot) | _describe_drawing(shot, film_cues, begin + head, end, begin, drawn)
        args |= _describe_framing(plan, can_reframe, shot)
        needs = (_picture(shot), *(font if _has_title(args) else ()))
        made.append(Step(key=make_segment_key(shot.id), kind="segment", work="segment.body", args=args, needs=needs))
        if shot.transition.length and index + 1 < len(shots):
            after = shots[index + 1]
            args = {
                **house,
                "transition": shot.transition.kind,
                "length": int(shot.transition.length),
                "starts": [int(find_source_start(plan, shot)) + int(shot.length), int(find_source_start(plan, after))],
                "look": plan.drawn_look,
            }
            args |= _mark_bought(shot) | _mark_bought(after)
            args |= _describe_drawing(after, film_cues, end, end + shot.transition.length, end, drawn)
            args |= _describe_framing(plan, can_reframe, shot, after)
            needs = (_picture(shot), _picture(after), *(font if _has_title(args) else ()))
            made.append(
                Step(
                    key=make_transition_key(shot.id), kind="segment", work="segment.transition", args=args, needs=needs
                )
            )
    return made


def _has_title(args: Mapping[str, Any]) -> bool:
    """Return whether words in the film's display type lie over the frames of a segment."""
    return any(overlay["kind"] == "title" for overlay in args.get("overlays", ()))


def _mark_bought(shot: Shot) -> dict[str, Any]:
    """Mark takes of AI video models: these may be a few frames shorter than the length that was sold."""
    is_bought = not isinstance(shot.source, OwnFootage) and shot.source.mode in VIDEO_MODES
    return {"bought": True} if is_bought else {}


def _describe_framing(plan: Plan, can_reframe: bool, *shots: Shot) -> dict[str, Any]:
    """Return in which frames of each picture its subject is looked for; empty where pictures need no other framing.

    These are all frames that the film shows of it, so that a transition frames a shot as its segment does.
    """
    is_made_elsewhere = any(isinstance(shot.source, OwnFootage) or not shot.source.is_local for shot in shots)
    if not can_reframe or not is_made_elsewhere:
        return {}
    return {"framing": [[int(find_source_start(plan, shot)), int(compute_take_length(shot))] for shot in shots]}


def _describe_drawing(
    shot: Shot, film_cues: tuple[Cue, ...], begin: int, end: int, window: int, drawn: dict[str, Any]
) -> dict[str, Any]:
    """Return captions and overlays for the frames [begin, end) of the film, with how they are drawn.

    The result is empty where there are none, so that a changed look leaves the fingerprint of such a segment as it is.
    """
    choice = drawn.get("choice")
    captions = trim_cues(film_cues, begin, end) if shot.text_mode == "caption" and choice != "off" else []
    overlays = []
    for overlay in shot.overlays:
        start = window + overlay.start
        stop = min(end, start + overlay.length if overlay.length is not None else end)
        start = max(start, begin)
        if start < stop:
            placed = {"kind": overlay.kind, "text": overlay.text, "start": start - begin, "length": stop - start}
            if overlay.kind == "title":  # a title that began in an earlier segment does not play its entrance again
                placed |= {"words": dict(overlay.words), "elapsed": start - window - overlay.start}
            overlays.append(placed)
    if not captions and not overlays:
        return {}
    drawn = {key: value for key, value in drawn.items() if key != "choice"}  # of captions, not of overlays
    if captions and choice:
        drawn["style"] = choice
    return {**drawn, "captions": captions, "overlays": overlays}


def _mix(plan: Plan, encoding: EncodingOptions) -> Step:
    """Return the step of the mix: bed, voice lines and the takes' own sound, over the whole length of the film.

    Sound is never split into segments.
    """
    needs: list[Input] = []
    tracks: list[dict[str, Any]] = []
    if plan.bed:
        needs.append(Input(role="bed", of=BED))
        level = {"level_milli_db": plan.bed.level_milli_db} if plan.bed.level_milli_db else {}
        tracks.append({"at": 0, "length": int(plan.length), **_describe_fade(plan, plan.bed), **level})
    for start, line in plan.list_lines():
        if line.request:
            needs.append(Input(role="voice", of=make_voice_key(line.id)))
            tracks.append({"at": int(start), "length": int(line.room)})
    windows = plan.compute_windows()
    heads = {after.id: int(shot.transition.length) for shot, after in pairwise(plan.shots)}
    for shot in plan.shots:
        if shot.sound != "mute":
            needs.append(Input(role="sound", **_to_source_args(_picture(shot))))
            begin, end = windows[shot.id]
            first = int(find_source_start(plan, shot))
            track = {"at": int(begin), "length": end - begin, "start": first, "level": shot.sound}
            if _mark_bought(shot):  # its picture may be eased: the mix has to know what the segment makes of it
                head = heads.get(shot.id, 0)
                track |= {"picture_start": first + head, "picture_length": end - begin - head}
            tracks.append(track)
    lufs, dbtp = choose_loudness(plan.presets, plan.size)
    args = {
        "fps": list(plan.fps),
        "frames": int(plan.length),
        "tracks": tracks,
        "lufs_milli": lufs * 1000,
        "dbtp_milli": dbtp * 1000,
        **encoding.to_encoder_args(),
    }
    return Step(key=MIX, kind="mix", work="mix", args=args, needs=tuple(needs))


def _describe_fade(plan: Plan, bed: Bed) -> dict[str, int]:
    """Return the number of frames over which a bought bed fades out; empty for a composed bed, which has an ending.

    The fade is as long as the last shot where that lasts from one to four seconds, like an end card; else two seconds.
    """
    if bed.request.is_local:
        return {}
    last = plan.shots[-1].length
    shortest, usual, longest = (convert_seconds_to_frames(seconds, plan.fps) for seconds in _FADE_S)
    return {"fade": max(1, min(last if shortest <= last <= longest else usual, plan.length // 2))}


def _to_source_args(picture: Input) -> dict[str, Any]:
    return {"asset": picture.asset} if picture.asset else {"of": picture.of}


def _film(plan: Plan, segments: list[StepKey], encoding: EncodingOptions) -> Step:
    """Join the segments in the order of the timeline, lay the mix under them, write the sidecars, measure."""
    windows = plan.compute_windows()
    shots: list[dict[str, Any]] = [
        {"shot": s.id, "start": int(windows[s.id][0]), "length": int(s.length), "holds": s.text_mode == "drawn"}
        for s in plan.shots
    ]
    for entry, shot in zip(shots, plan.shots, strict=True):
        if shot.text_mode != "drawn" and isinstance(shot.source, Request) and shot.source.is_local:
            entry["drawn"] = True  # a slowly moving or still picture is intended here: checks must not fail it
    for entry, before, shot in zip(shots[1:], plan.shots, plan.shots[1:], strict=False):
        if is_continuation(before, shot):
            entry["continues"] = True
    args = {
        "size": list(plan.size),
        "fps": list(plan.fps),
        "frames": int(plan.length),
        "language": plan.language,
        "title": plan.title,
        "shots": shots,
        "cues": [{"text": c.text, "start": int(c.start), "length": int(c.length)} for c in compute_shown_cues(plan)],
        "source_type": find_source_type(plan),
        **({} if plan.bed or has_other_sound(plan) else {"is_silent": True}),
        **_describe_loudness(plan),
        **encoding.to_encoder_args(),
    }
    needs = (*(Input(role="segment", of=key) for key in segments), Input(role="mix", of=MIX))
    safe_areas, files = _describe_safe_areas(plan, len(needs))
    args, needs, work = args | safe_areas, (*needs, *files), "film.presets" if safe_areas else "film"
    return Step(key=FILM, kind="film", work=work, args=args, needs=needs)


def _describe_loudness(plan: Plan) -> dict[str, int]:
    """Return the loudness and the true peak that the film is held to; empty where they are those of the web."""
    lufs, dbtp = choose_loudness(plan.presets, plan.size)
    return {} if (lufs, dbtp) == (WEB_LUFS, WEB_DBTP) else {"lufs_milli": lufs * 1000, "dbtp_milli": dbtp * 1000}


def _describe_safe_areas(plan: Plan, first: int) -> tuple[dict[str, Any], tuple[Input, ...]]:
    """Return, for a film of presets, what they cover and which shots are drawn, and the files of these, which are
    inputs of the film from number ``first`` on. Both are empty for every other film.
    """
    presets = select_presets(plan.presets, (find_nearest_aspect(plan.size),))
    if not any(one.unsafe_areas for one in presets):
        return {}, ()
    files: list[Input] = []
    drawn: list[dict[str, Any]] = []
    for shot in plan.shots:
        request = shot.source
        if shot.text_mode != "drawn" or not isinstance(request, Request) or not request.is_local:
            continue
        inputs = [first + len(files) + n for n in range(len(request.inputs))]
        files += request.inputs
        drawn.append({"shot": shot.id, "args": dict(request.extra), "inputs": inputs})
    covered = [
        {"title": one.title, "size": list(one.size), "unsafe_areas": [list(area) for area in one.unsafe_areas]}
        for one in presets
    ]
    return {"presets": covered, "drawn": drawn}, tuple(files)


def is_continuation(before: Shot, shot: Shot) -> bool:
    """Whether ``shot`` opens on the last frame of the take of ``before``, after a plain cut."""
    if isinstance(shot.source, OwnFootage) or before.transition.length:
        return False
    return any(i.of == make_take_key(before.id) and i.part == "last_frame" for i in shot.source.inputs)


def find_source_type(plan: Plan) -> str:
    """Return the film's IPTC source type: made with AI models, composed with own footage, or only drawn.

    An IPTC digital source type says how a picture was made.
    """
    if any(isinstance(s.source, Request) and not s.source.is_local for s in plan.shots):
        return "compositeWithTrainedAlgorithmicMedia"
    return "composite" if any(isinstance(s.source, OwnFootage) for s in plan.shots) else "algorithmicMedia"
