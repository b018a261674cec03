"""Compares a script with the one that a film was made from: which of its shots stay, change, come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from reelwright.planner.edits.carrying import (
    carry_shots,
    carry_sound,
    describe_shot,
    digest_shot,
    drop_lost_corrections,
    list_numbers,
)
from reelwright.planner.edits.edit import rebuild_requests
from reelwright.planner.edits.rewording import update_lines
from reelwright.planner.ids import derive_id
from reelwright.planner.match import is_drawn
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.plan_script import list_own_screens
from reelwright.reason import Note, Reason, build_reason
from reelwright.reel.base.value import ShotId, define_value
from reelwright.reel.film.fit import fit
from reelwright.reel.film.markup import to_plain_text
from reelwright.reel.film.plan import Beat, Line, OwnFootage, Plan, Shot, map_shots
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
    """Match ``parts`` with the shots of ``before``: the same screens in order, moved ones, those at the same place.

    A screen is the same, too, as the film's own script has it, which says the words of edits.
    """
    if before is None:
        return PartMatches(shots=(None,) * len(parts), unchanged_places=frozenset())
    old: list[tuple[str, Shot | None]] = []
    for shot in before.shots:
        old += [(written, shot if n == 0 else None) for n, written in enumerate(shot.markdown)]
    own_screens = list_own_screens(before)
    screens = [own_screens.get(part.markdown, part.markdown) for part in parts]
    lines = SequenceMatcher(a=[written for written, _ in old], b=screens, autojunk=False)
    blocks = lines.get_opcodes()
    places = {b + n: a + n for kind, a, a_end, b, _ in blocks if kind == "equal" for n in range(a_end - a)}
    left = {n: written for n, (written, _) in enumerate(old) if written and n not in places.values()}
    for place, screen in enumerate(screens):
        moved = next((n for n, written in left.items() if written == screen), None)
        if place not in places and moved is not None:
            places[place] = moved
            del left[moved]
    same = frozenset(places)
    own = {derive_shot_id(part) for place, part in enumerate(parts) if place not in places}
    for _, a, a_end, b, b_end in blocks:
        for n in range(min(a_end - a, b_end - b)):
            was = old[a + n][1]
            # a shot that began as another new screen's is left to that screen, whose takes it has
            is_free = was is None or was.id not in own or was.id == derive_shot_id(parts[b + n])
            if b + n not in places and a + n in left and is_free:
                places[b + n] = a + n
    shots = tuple(old[places[place]][1] if place in places else None for place in range(len(parts)))
    return PartMatches(shots=shots, unchanged_places=same)


def derive_shot_id(part: ScriptPart) -> ShotId:
    """Derive the id that the shot of a part has in a new film: the same whenever its screen comes back."""
    return ShotId(derive_id("shot", part.key, "0"))


def keep_edits(plan: Plan, before: Plan | None, *, is_asked_alike: bool = False) -> tuple[Plan, tuple[Note, ...]]:
    """Return ``plan`` with the edits that ``before`` has in shots of unchanged screens, and notes on all its edits.

    An edited shot keeps what it shows; its length and its neighbours are the plan's. ``is_asked_alike``: the script is
    read with the settings and the models of ``before``. Pure.
    """
    marks = {shot.id: digest_shot(shot) for shot in plan.shots}
    if before is None:
        return map_shots(plan, lambda shot: replace(shot, script_digest=marks[shot.id])), ()
    had = {shot.id: shot for shot in before.shots}
    written = {shot.id: shot for shot in plan.shots}
    both = [(was, written[was.id]) for was in before.shots if was.id in written]
    own_screens = list_own_screens(before)
    own_markdown = {now.id: tuple(own_screens.get(one, one) for one in now.markdown) for _, now in both}
    changed = {was.id for was, now in both if was.markdown not in (now.markdown, own_markdown[now.id])}
    edited = {was.id for was, now in both if _is_edited(was, now, is_asked_alike=is_asked_alike)}
    if any(was.markdown != now.markdown and was.id not in changed for was, now in both):  # an edit renamed the thing
        edited |= {was.id for was, now in both if was.markdown == now.markdown and was.words != now.words}
    # a mood as it was edited, unless the script says another: cuts stay where the script's mood puts them
    plan = carry_sound(plan, before, wants_mood=is_asked_alike or before.front_matter == plan.front_matter)
    carried = carry_shots(plan, before, {**had, **{one: written[one] for one in edited - changed}})
    made = carried.plan
    for one in carried.shots:
        made = update_lines(made, made, written[one], had[one].words)
    beats = []
    for beat in made.beats:
        shots = [
            shot if shot.id in carried.shots or not (was := had.get(shot.id)) or not _is_as_before(shot, was) else was
            for shot in beat.shots
        ]
        lines = tuple(_keep_line(line, beat, before) for line in beat.lines)
        marked = tuple(replace(shot, script_digest=marks[shot.id]) for shot in shots)
        beats.append(replace(beat, shots=marked, lines=lines))
    made = drop_lost_corrections(replace(made, beats=tuple(beats)))
    if made.shots[-1].words == before.shots[-1].words:
        made = replace(made, end_card=before.end_card)
    overruled = {one for one in edited & changed if _is_overruled(had[one], written[one], own_screens)}
    lost = [build_reason("edit_lost_screen", shot=n) for n in list_numbers(plan, overruled)]
    if made.bed and not before.bed:
        lost.append(build_reason("edit_lost_silence"))
    if made.bed and before.bed and _is_scored_alike(made, before):
        made = replace(made, bed=before.bed)
    spoken = {line.id: line.spoken_length for _, line in before.list_lines() if line.spoken_length is not None}
    kept = [_describe_edit(n, had[plan.shots[n - 1].id], plan.shots[n - 1]) for n in list_numbers(plan, carried.shots)]
    return _fit_spoken(made, spoken), (*lost, *carried.lost_edits, *kept)


def _is_edited(was: Shot, now: Shot, *, is_asked_alike: bool) -> bool:
    """Return whether an edit made a shot what it is. ``now``: as its script has it.

    A shot of a brief has no digest. Where its film is asked for in another way, as by another model, no edit is seen in
    a shot that a model films.
    """
    if was.script_digest == digest_shot(was):
        return False
    is_filmed = any(not isinstance(one.source, OwnFootage) and not is_drawn(one.source) for one in (was, now))
    return bool(was.script_digest or is_asked_alike or not is_filmed) and describe_shot(was) != describe_shot(now)


def _is_overruled(was: Shot, now: Shot, own_screens: Mapping[str, str]) -> bool:
    """Return whether the changed screen of a shot drops what an edit made of its words, or of its picture."""
    is_reworded = bool({*was.markdown} & {*own_screens.values()})
    return bool(was.script_digest) and (is_reworded or describe_shot(was)[2:] != describe_shot(now)[2:])


def _describe_edit(n: int, was: Shot, now: Shot) -> Reason:
    """Describe how shot ``n``, as it was edited, differs from its script (``now``)."""
    edited, written = (" / ".join(map(to_plain_text, shot.words.values())) for shot in (was, now))
    if edited == written:
        return build_reason("edit_stays", shot=n)
    return build_reason("edit_stays_in_words", shot=n, edited=edited, written=written)


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


def _fit_spoken(plan: Plan, spoken: Mapping[str, Frames]) -> Plan:
    """Return the plan with room for lines that were spoken already; unchanged if they have it."""
    known = {
        line.id: spoken[line.id]
        for _, line in plan.list_lines()
        if line.spoken_length is not None and line.id in spoken
    }
    timed = {line.id: line.word_times for _, line in plan.list_lines() if line.word_times}
    fitted = fit(plan, known, timed) if known else plan
    return plan if fitted == plan else rebuild_requests(fitted)
