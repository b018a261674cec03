"""Compares a script with the one that a film was made from: which of its shots stay, change, come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any, Final

from reelwright.planner.casting.recast import recast
from reelwright.planner.casting.voices import copy_voices
from reelwright.planner.edits.captioning import copy_caption_edits
from reelwright.planner.edits.edit import copy_music_edits, rebuild_requests
from reelwright.planner.match import is_drawn, match_shot, match_still, read_film_settings, read_place
from reelwright.planner.screens.parts import ScriptPart
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import define_value
from reelwright.reel.film.fit import fit
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Beat, Line, OwnFootage, Plan, Shot
from reelwright.reel.graph.request import Request
from reelwright.units import Frames


@define_value
class PartMatches:
    """The earlier shot of each place in the new script, if there was one. ``unchanged_places``: places whose screen is
    the same.

    A shot that an AI model makes may hold several screens: it stands at the first of them.
    """

    shots: tuple[Shot | None, ...]
    unchanged_places: frozenset[int]

    @property
    def changed_places(self) -> frozenset[int]:
        """The places of shots that are new or changed."""
        return frozenset(range(len(self.shots))) - self.unchanged_places


def match_parts(parts: Sequence[ScriptPart], before: Plan | None) -> PartMatches:
    """Match ``parts`` with the shots of ``before``: the same screens in order, moved ones, those at the same place."""
    if before is None:
        return PartMatches(shots=(None,) * len(parts), unchanged_places=frozenset())
    old: list[tuple[str, Shot | None]] = []
    for shot in before.shots:
        old += [(written, shot if n == 0 else None) for n, written in enumerate(shot.markdown)]
    lines = SequenceMatcher(a=[written for written, _ in old], b=[part.markdown for part in parts], autojunk=False)
    blocks = lines.get_opcodes()
    places = {b + n: a + n for kind, a, a_end, b, _ in blocks if kind == "equal" for n in range(a_end - a)}
    left = {n: written for n, (written, _) in enumerate(old) if written and n not in places.values()}
    for place, part in enumerate(parts):
        moved = next((n for n, written in left.items() if written == part.markdown), None)
        if place not in places and moved is not None:
            places[place] = moved
            del left[moved]
    same = frozenset(places)
    for _, a, a_end, b, b_end in blocks:
        for n in range(min(a_end - a, b_end - b)):
            if b + n not in places and a + n in left:
                places[b + n] = a + n
    shots = tuple(old[places[place]][1] if place in places else None for place in range(len(parts)))
    return PartMatches(shots=shots, unchanged_places=same)


_PLACE_FIELDS: Final = ("frames", "hits", "after", "before")
"""Fields of a drawn shot's request that follow from its length and its neighbours, which belong to the plan."""


def digest_shot(shot: Shot) -> str:
    """Compute a digest of what a shot shows as its script has it, whatever its length. It differs after an edit."""
    shown = [(overlay.kind, overlay.text, overlay.words) for overlay in shot.overlays]
    what = [shot.prompt, shot.words, shot.text_mode, shown, shot.corrections, shot.sound, _describe_source(shot.source)]
    return compute_digest(what)[:16]


def _describe_source(source: Request | OwnFootage) -> Any:
    if isinstance(source, OwnFootage):
        return [source.asset, source.start]
    extra = {key: value for key, value in source.extra.items() if key not in _PLACE_FIELDS}
    return [source.model, source.mode, source.prompt, source.inputs, extra]


def keep_edits(plan: Plan, before: Plan | None) -> tuple[Plan, tuple[str, ...]]:
    """Return ``plan`` with the edits that ``before`` has in shots of unchanged screens, and what was not kept.

    An edited shot keeps what it shows; its length and its neighbours are the plan's. Pure.
    """
    had = {shot.id: shot for shot in before.shots} if before else {}
    plan = copy_caption_edits(copy_voices(plan, before.replaced_voices), before) if before else plan
    messages: list[str] = []
    beats = []
    for beat in plan.beats:
        shots = []
        for shot in beat.shots:
            mark = digest_shot(shot)
            was = had.get(shot.id)
            if was is None or not was.script_digest or was.script_digest == digest_shot(was):
                shots.append(replace(was if was and _is_as_before(shot, was) else shot, script_digest=mark))
            elif was.markdown != shot.markdown:
                n = [one.id for one in plan.shots].index(shot.id) + 1
                messages.append(f"Shot {n} was edited; its screen has changed in the script since, which holds now.")
                shots.append(replace(shot, script_digest=mark))
            else:
                n = [one.id for one in plan.shots].index(shot.id) + 1
                messages.append(_describe_edit(n, was, shot))
                shots.append(replace(_carry_edit(plan, was, shot), script_digest=mark))
        lines = tuple(_keep_line(line, beat, before) for line in beat.lines)
        beats.append(replace(beat, shots=tuple(shots), lines=lines))
    made = replace(plan, beats=tuple(beats))
    if before and made.shots[-1].words == before.shots[-1].words:
        made = replace(made, end_card=before.end_card)
    if before:  # its mood as it was edited, unless the script says another: cuts stay where the script's mood puts them
        is_script_s_mood = before.front_matter != made.front_matter
        made = copy_music_edits(made, before.bed, wants_mood=not is_script_s_mood)
        if made.bed and not before.bed:
            messages.append("The film has music now, which it had not before; music: none in the script leaves it out.")
    if before and made.bed and before.bed and _is_scored_alike(made, before):
        made = replace(made, bed=before.bed)
    spoken = (
        {line.id: line.spoken_length for _, line in before.list_lines() if line.spoken_length is not None}
        if before
        else {}
    )
    return _fit_spoken(made, before, spoken), tuple(messages)


def _describe_edit(n: int, was: Shot, now: Shot) -> str:
    """Describe how shot ``n``, as it was edited, differs from its script (``now``)."""
    edited, written = (" / ".join(map(to_plain_text, shot.words.values())) for shot in (was, now))
    if edited == written:
        return f"Shot {n} stays as it was edited, which the script does not say."
    return f"Shot {n} stays as it was edited: “{edited}”. The script says “{written}”."


def _is_as_before(now: Shot, was: Shot) -> bool:
    """Return whether nothing about the shot changed except where the music's beats fall in it."""
    same = digest_shot(now) == digest_shot(was) and now.markdown == was.markdown
    placed = (now.length, now.transition, now.opening) == (was.length, was.transition, was.opening)
    if isinstance(now.source, OwnFootage) or isinstance(was.source, OwnFootage):
        return same and placed
    beside = all(now.source.extra.get(key) == was.source.extra.get(key) for key in ("after", "before"))
    return same and placed and beside and now.length_needs_voice == was.length_needs_voice


def _keep_line(line: Line, beat: Beat, before: Plan | None) -> Line:
    """Return a line as it was, with its spoken length, if its words, its voice and its shots are the same."""
    for had in before.beats if before else ():
        for was in had.lines:
            if was.id == line.id and (was.text, was.request) == (line.text, line.request):
                lengths = [shot.length for shot in beat.shots] == [shot.length for shot in had.shots]
                return was if lengths else replace(line, spoken_length=was.spoken_length, word_times=was.word_times)
    return line


def _is_scored_alike(plan: Plan, before: Plan) -> bool:
    """Return whether the same music fits: beats and cuts lie where they lay, in the same mood, by the same composer."""
    cuts = [[(beat.name, [shot.length for shot in beat.shots]) for beat in one.beats] for one in (plan, before)]
    assert plan.bed and before.bed
    sources = plan.bed.request.model == before.bed.request.model
    return cuts[0] == cuts[1] and sources and plan.bed.mood == before.bed.mood


def _fit_spoken(plan: Plan, before: Plan | None, spoken: Mapping[str, Frames]) -> Plan:
    """Return the plan with room for lines that were spoken already; unchanged if they have it."""
    known = {
        line.id: spoken[line.id]
        for _, line in plan.list_lines()
        if line.spoken_length is not None and line.id in spoken
    }
    fitted = fit(plan, known) if known else plan
    return plan if fitted == plan or before is None else rebuild_requests(fitted)


def _carry_edit(plan: Plan, was: Shot, now: Shot) -> Shot:
    """Return the shot as an edit left it, with the length and the neighbours of ``now``."""
    source = was.source
    if isinstance(source, OwnFootage) or not is_drawn(source):
        after = replace(was, length=now.length, transition=now.transition)
        return after if isinstance(source, OwnFootage) else recast(plan, was, after)
    place = read_place(source)
    if not isinstance(now.source, OwnFootage) and is_drawn(now.source):
        there = read_place(now.source)
        place = replace(place, after=there.after, before=there.before, hits=there.hits)
    request = match_shot(was.prompt, was.words, now.length + now.transition.length, place, read_film_settings(plan))
    still = match_still(request) if was.still else None
    return replace(was, length=now.length, transition=now.transition, source=request, still=still)
