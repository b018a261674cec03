"""Edits a plan shot by shot and returns the next revision. Only what depends on the change is requested again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput, NotFound
from reelwright.media.looks.own_look import follow_look, get_look_name, get_own_text
from reelwright.planner.casting.recast import has_typed_prompt, recast
from reelwright.planner.casting.requests import build_music_request
from reelwright.planner.casting.terms import NO_MUSIC
from reelwright.planner.edits.replacing import lay_over_picture, place_picture
from reelwright.planner.look_choice import choose_accent, list_accents
from reelwright.planner.match import (
    FilmSettings,
    Place,
    clip_frames,
    is_drawn,
    match_bed,
    match_shot,
    match_still,
    read_film_settings,
    read_place,
)
from reelwright.planner.music import Grid, choose_tempo
from reelwright.planner.prompts import keep_style
from reelwright.planner.roles import list_titles
from reelwright.planner.screens.lengths import compute_beat_frames
from reelwright.planner.tables import load_moods
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.brief import Material
from reelwright.reel.film.plan import (
    MOST_PIECES,
    Beat,
    Bed,
    Line,
    Overlay,
    OwnFootage,
    Plan,
    Shot,
    has_other_sound,
    map_shots,
)
from reelwright.reel.graph.request import Request
from reelwright.units import Frames, convert_frames_to_ms

ROLES = frozenset(
    {
        "line", "name", "kicker", "descriptor", "steps", "number", "prefix", "unit", "label", "source", "a", "b",
        "ratio_milli", "before", "after", "quote", "who", "role", "deal", "code", "terms", "url", "legal", "listing",
        "figures", "chart",
    }
)  # fmt: skip


def rematch(
    plan: Plan,
    shot_id: ShotId | str,
    *,
    words: Mapping[str, str | None] | None = None,
    prompt: str | None = None,
    length: Frames | int | None = None,
    material: Material | None = None,
    sound: Literal["keep", "duck", "mute"] | None = None,
    text_mode: Literal["drawn", "caption", "nothing"] | None = None,
    corrections: Mapping[str, str] | None = None,
    overlays: tuple[Overlay, ...] | None = None,
    clip_start: Frames | int | None = None,
    fills_frame: bool = False,
) -> Plan:
    """Return the plan with one shot changed. Only that shot's request changes, and the bed's if lengths changed.

    ``words`` are merged into the shot's words; an empty text removes its role. ``length`` in frames: later shots and
    beats move, the film grows or shrinks and the music follows; other shots keep their requests. ``material`` replaces
    what the shot shows. ``clip_start``: first frame of an own clip. ``fills_frame``: a picture that stood beside words
    fills the frame from now on. Raises ``NotFound`` for an unknown shot and ``BadInput`` for an impossible value. Never
    spends.
    """
    found = next((s for s in plan.shots if s.id == shot_id), None)
    if found is None:
        raise NotFound(code="shot_not_found", shot=shot_id, shots=[s.id for s in plan.shots])
    after = _apply_edits(plan, found, words, prompt, length)
    if sound is not None:
        after = replace(after, sound=sound)
    if overlays is not None:
        after = replace(after, overlays=overlays)
    if corrections is not None:
        after = replace(after, corrections={**after.corrections, **corrections})
    after = _update_source(plan, found, after, material, clip_start, fills_frame)
    if text_mode is not None:
        after = replace(after, text_mode=text_mode)
    changed = _update_last_card(_replace_shot(plan, after), plan)
    return rescore(changed) if after.length != found.length else changed


def _update_last_card(plan: Plan, before: Plan) -> Plan:
    """Return the plan whose last card says what its screens say now of its name and its day."""
    settings = read_film_settings(plan)
    if settings.about == read_film_settings(before).about:
        return plan
    cards = {shot.id for beat in plan.beats if beat.name == "end_card" for shot in beat.shots}
    return map_shots(plan, lambda shot: redraw_shot(shot, settings) if shot.id in cards else shot)


def _apply_edits(
    plan: Plan, shot: Shot, words: Mapping[str, str | None] | None, prompt: str | None, length: int | None
) -> Shot:
    if words is not None:
        for role in words:
            if role not in ROLES:
                raise BadInput(f"words.{role}", words[role], f"roles among {', '.join(sorted(ROLES))}")
        shot = replace(shot, words=_merge_words(shot.words, words), overlays=update_titles(shot.overlays, words))
    if prompt is not None:
        shot = replace(shot, prompt=prompt if has_typed_prompt(shot) else keep_style(prompt, shot.prompt))
    if length is not None:
        most = 600 * plan.fps[0] // plan.fps[1]
        if type(length) is not int or not 1 <= length <= most:
            raise BadInput("length", length, f"a whole number of frames from 1 to {most}")
        shot = replace(shot, length=Frames(length))
    return shot


def _merge_words(stands: Mapping[str, str], words: Mapping[str, str | None]) -> dict[str, str]:
    return {role: text for role, text in {**stands, **words}.items() if text}


def update_titles(overlays: tuple[Overlay, ...], words: Mapping[str, str | None]) -> tuple[Overlay, ...]:
    """Return the overlays with new words in the titles: each role where it stands, a new role in the first title."""
    titles = [overlay for overlay in overlays if overlay.kind == "title"]
    if not titles:
        return overlays
    of_role = {role: next((t for t in titles if role in t.words), titles[0]) for role in words}
    return tuple(
        replace(one, words=_merge_words(one.words, {r: text for r, text in words.items() if of_role[r] is one}))
        for one in overlays
    )


def _update_source(
    plan: Plan, before: Shot, after: Shot, material: Material | None, start: int | None, fills: bool
) -> Shot:
    """Return the edited shot with the request or the clip that it now needs."""
    frames = after.length + after.transition.length
    if material and material.treatment == "clip":
        source = OwnFootage(asset=material.asset, start=Frames(start or 0))
        if source.start + frames > clip_frames(material.ms or 0, plan.fps) + 1:
            raise BadInput("length", f"{frames} frames", f"at most what {material.name} has from there on")
        return replace(lay_over_picture(plan, before, after, material), source=source, still=None)
    if isinstance(after.source, OwnFootage) and material is None:
        return replace(after, source=replace(after.source, start=Frames(start))) if start is not None else after
    if not isinstance(after.source, OwnFootage) and not is_drawn(after.source) and material is None:
        return recast(plan, before, after)
    known = not isinstance(after.source, OwnFootage) and is_drawn(after.source)
    place = read_place(after.source) if known and isinstance(after.source, Request) else _find_place(plan, before)
    shown = (place.picture.asset, place.picture.treatment) if place.picture else None
    if material and shown != (material.asset, material.treatment):  # given again, a picture stays where it is
        after, place = place_picture(plan, before, after, material, place)
    elif fills and place.picture:
        place = replace(place, picture=replace(place.picture, move=place.picture.move or "push"))
    request = match_shot(after.prompt, after.words, frames, place, read_film_settings(plan))
    still = match_still(request) if before.still or isinstance(before.source, OwnFootage) else None
    return replace(after, source=request, still=still)


def _find_place(plan: Plan, shot: Shot) -> Place:
    """Find the place of a shot that had no request so far."""
    names = [beat.name for beat in plan.beats for _ in beat.shots]
    at = [s.id for s in plan.shots].index(shot.id)
    return Place(beat=names[at], after=names[at - 1] if at else "", before=names[at + 1] if at + 1 < len(names) else "")


def _replace_shot(plan: Plan, shot: Shot) -> Plan:
    """Return the plan with ``shot`` in its place. Beats start where the beats before them end; lines stay inside their
    beat.
    """
    made: list[Beat] = []
    at = 0
    for beat in plan.beats:
        shots = tuple(shot if s.id == shot.id else s for s in beat.shots)
        length = sum(s.length for s in shots)
        lines = tuple(_fit_line(line, beat.length, length) for line in beat.lines)
        made.append(replace(beat, start=Frames(at), length=Frames(length), shots=shots, lines=lines))
        at += length
    return replace(plan, beats=tuple(made), author="person")


def _fit_line(line: Line, before: int, now: int) -> Line:
    """Return the line with its end moved as its beat's end moved."""
    start = min(line.start, max(0, now - 1))
    room = max(1, min(line.room + now - before, now - start))
    return replace(line, start=Frames(start), room=Frames(room))


def rescore(plan: Plan) -> Plan:
    """Return the plan with a new request for its bed: lift and button follow the current beats; its level stays."""
    if plan.bed is None:
        return plan
    names = [beat.name for beat in plan.beats]
    end = plan.beats[-1].start if names[-1] == "end_card" else plan.length
    lift = next((beat.start for beat in plan.beats if beat.name == "reveal" and beat.start), None)
    seed = plan.bed.request.extra.get("seed", 0)
    bpm_milli = plan.bed.bpm_milli
    if bpm_milli != compute_beat_frames(plan.bed.mood, plan.fps)[1]:  # its cuts are not laid on whole beats of the mood
        bpm_milli = choose_tempo(plan.bed.mood, int(end), lift, plan.fps, slack=0).grid.bpm_milli
    return replace(plan, bed=_build_bed(plan, plan.bed.mood, bpm_milli, seed))


def _build_bed(plan: Plan, mood: str, bpm_milli: int, seed: int) -> Bed:
    if plan.bed and not plan.bed.request.model.startswith("composer/"):
        row = get_sold_model(plan.bed.request.model)
        ms = convert_frames_to_ms(plan.length, plan.fps)
        if row.seconds:  # a film that has grown may be longer than any music that is sold: the mix says so
            ms = min(ms, row.seconds[-1] * 1000)
        request = build_music_request(mood, bpm_milli, ms, row, plan.bed.piece_index)
        return replace(plan.bed, mood=mood, bpm_milli=bpm_milli, request=request)
    request = match_bed(plan.beats, mood, bpm_milli, seed, read_film_settings(plan))
    if plan.bed:
        return replace(plan.bed, mood=mood, bpm_milli=bpm_milli, request=request)
    return Bed(mood=mood, bpm_milli=bpm_milli, request=request)


def set_mood(plan: Plan, mood: str) -> Plan:
    """Return the plan with music of another mood; no picture changes. Raises ``BadInput`` for an unknown mood."""
    if mood not in load_moods():
        raise BadInput("mood", mood, ", ".join(load_moods()))
    seed = plan.bed.request.extra.get("seed", 0) if plan.bed else 0
    return replace(rescore(replace(plan, bed=_build_bed(plan, mood, 120_000, seed))), author="person")


def set_piece(plan: Plan, piece: str | int) -> Plan:
    """Return the plan with another piece of music of the same mood: ``another``, or its number, from 1; or with
    ``none``.

    The first is the one that the film began with. A mood brings music back. Raises ``BadInput``.
    """
    if piece == NO_MUSIC:
        return replace(plan, bed=None, author="person")
    if plan.bed is None:
        raise BadInput("music", piece, "a film with music", hint="give it a mood, and it has music")
    before = plan.bed.piece_index
    if piece == "another" and before + 1 < MOST_PIECES:
        index = before + 1
    elif isinstance(piece, int) and not isinstance(piece, bool) and 1 <= piece <= MOST_PIECES:
        index = piece - 1
    else:
        raise BadInput("music", piece, f"another, {NO_MUSIC}, or the number of a piece, from 1 to {MOST_PIECES}")
    request = plan.bed.request
    if request.model.startswith("composer/"):  # it draws every note by the seed: the next number is another piece
        seed = request.extra.get("seed", 0) + index - before
        request = replace(request, extra={**request.extra, "seed": seed})
    else:
        row = get_sold_model(request.model)
        length = request.ms or convert_frames_to_ms(plan.length, plan.fps)
        request = build_music_request(plan.bed.mood, plan.bed.bpm_milli, length, row, index)
    return replace(plan, bed=replace(plan.bed, piece_index=index, request=request), author="person")


def set_music_level(plan: Plan, milli_db: int) -> Plan:
    """Return the plan whose music is mixed louder by ``milli_db`` than usual; the mix alone is made again.

    Raises ``BadInput`` where the music is the only sound: the whole film then has one loudness, whatever its level.
    """
    if plan.bed is None:
        raise BadInput("music_level", milli_db / 1000, "a film with music", hint="give it a mood, and it has music")
    if not has_other_sound(plan):
        raise BadInput(
            "music_level", milli_db / 1000, "a film with a voice, or with sound of its shots: music alone always plays "
            "at the loudness of the whole film",
        )  # fmt: skip
    return replace(plan, bed=replace(plan.bed, level_milli_db=milli_db), author="person")


def set_look(
    plan: Plan, *, look: str | None = None, accent: str | None = None, emblem: str | None = None,
    logo: str | None = None, font: str | None = None,
) -> Plan:  # fmt: skip
    """Return the plan in another look or accent colour (``#RRGGBB``), or with another emblem, logo or font.

    ``look``: its name, or the text of a person's own. None keeps what the plan has; empty text removes it: accent and
    type are then the look's own, no emblem and no logo is shown. An accent that belongs to the old look gives way to
    one of the new. Drawn shots get new requests, clips stay.
    """
    if accent and not _is_colour(accent):
        raise BadInput("accent", accent, "a colour such as #FF5A00")
    settings = read_film_settings(plan)
    if look and look != settings.look and accent is None and settings.accent in list_accents(settings.look):
        accent = choose_accent(look, plan.title, settings.emblem)
    settings = replace(
        settings, look=look or settings.look, accent=settings.accent if accent is None else accent.upper(),
        emblem=settings.emblem if emblem is None else emblem,
        logo=settings.logo if logo is None else Digest(logo) if logo else None,
        font=follow_look(settings.font, settings.look, look or settings.look) if font is None
        else Digest(font) if font else "",
    )  # fmt: skip
    remade = map_shots(plan, lambda shot: redraw_shot(shot, settings))
    over = plan.accent or any(list_titles(shot) for shot in plan.shots)
    accent = settings.accent if over else ""
    return replace(
        remade,
        look=get_look_name(settings.look),
        own_look=get_own_text(settings.look),
        accent=accent,
        font=settings.font,
        author="person",
    )


def set_title_accent(plan: Plan) -> Plan:
    """Give titles over footage the drawn shots' accent colour if the plan has none yet, and return that plan."""
    if plan.accent or not any(list_titles(shot) for shot in plan.shots):
        return plan
    return replace(plan, accent=read_film_settings(plan).accent)


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def redraw_shot(shot: Shot, settings: FilmSettings) -> Shot:
    """Return a drawn shot with its request rebuilt for ``settings``; any other shot unchanged."""
    if isinstance(shot.source, OwnFootage) or not is_drawn(shot.source):
        return shot
    request = match_shot(
        shot.prompt, shot.words, shot.length + shot.transition.length, read_place(shot.source), settings
    )
    return replace(shot, source=request, still=match_still(request) if shot.still else None)


def rebuild_requests(plan: Plan) -> Plan:
    """Return the plan with its requests at the present lengths of shots, after ``reel.fit`` made beats longer."""
    settings = read_film_settings(plan)

    def fitted(shot: Shot) -> Shot:
        if isinstance(shot.source, OwnFootage) or is_drawn(shot.source):
            return redraw_shot(shot, settings)
        return recast(plan, replace(shot, length=Frames(0)), shot)

    return rescore(map_shots(plan, fitted))


def update_hits(plan: Plan) -> Plan:
    """Return the plan in which every drawn shot knows where the bed's beats fall in it. Requests of all shots may
    change.
    """
    if plan.bed is None or not plan.bed.bpm_milli:
        return plan
    bpm = plan.bed.bpm_milli
    grid = Grid(bpm_milli=bpm, bar=Fraction(240_000 * plan.fps[0], bpm * plan.fps[1]))
    settings, windows = read_film_settings(plan), plan.compute_windows()

    def change(shot: Shot) -> Shot:
        if isinstance(shot.source, OwnFootage) or not is_drawn(shot.source):
            return shot
        start, frames = windows[shot.id][0], shot.length + shot.transition.length
        place = replace(read_place(shot.source), hits=tuple(grid.list_beats(start, start + frames)))
        request = match_shot(shot.prompt, shot.words, frames, place, settings)
        return replace(shot, source=request, still=match_still(request) if shot.still else None)

    return map_shots(plan, change)
