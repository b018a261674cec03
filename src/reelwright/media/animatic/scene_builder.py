"""The scene of a shot request: it is set by the beat's staging, with a guard against words that come out too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reelwright.media.animatic.camera_steps import add_camera_steps
from reelwright.media.animatic.card_event import add_card_event
from reelwright.media.animatic.opening import find_parts, stage_opening
from reelwright.media.animatic.second_setting import can_set_twice, set_twice
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.display_font import set_display_font
from reelwright.media.looks.registry import load_look, load_stagings
from reelwright.media.staging.logo import LogoPlace, add_logo, reserve_logo
from reelwright.media.staging.look import Look
from reelwright.media.staging.prices import find_strong_price
from reelwright.media.staging.shot_request import ShotRequest
from reelwright.media.staging.small_print import add_small_print, list_undrawn_print, reserve_small_print
from reelwright.media.staging.stage import Stage
from reelwright.media.staging.stagings import Staging, Stagings

_TOO_SMALL = 0.55  # Source: looks/README.md 8, read 2026-11-20


def stage_take(
    request: ShotRequest, pictures: Sequence[Picture], logo: Picture | None = None, font: Path | None = None
) -> Scene:
    """Build the display list of one shot of a film, with what happens on it in time, as ``stage_scene`` builds the
    picture: the words of an opening are set again, the button of the last card is pressed, and the camera steps nearer
    where a screen waits for its voice.
    """
    scene = stage_scene(request, pictures, logo, font)
    look = load_look(request.look)
    way, answer = look.own.get("answer"), load_stagings(request.look).answer
    is_parted = bool(answer and not pictures and find_parts(request, look)[1])
    if can_set_twice(request, look) and not is_parted:
        is_answered = way != "whole" and not pictures and not (way and request.own_turn % 2)
        staging = answer if is_answered else None
        scene = set_twice(
            scene, request, look, lambda shot: _set(shot, pictures, logo, font, staging),
            is_alone=bool(staging and way),
        )  # fmt: skip
    return add_camera_steps(add_card_event(scene, request), request)


def stage_scene(
    request: ShotRequest, pictures: Sequence[Picture], logo: Picture | None = None, font: Path | None = None, *,
    is_parted: bool = True
) -> Scene:  # fmt: skip
    """Build the display list of one shot; deterministic in its arguments. ``logo``: the brand's, where it is shown;
    ``font``: the file of the brand's display type. ``is_parted``: the first words of a film come part by part; a still
    shows all of them.

    Where the smallest words come out below .55 of their target beside a picture, the beat is staged without it when
    that makes them larger, and the scene's notes say so.
    """
    look, answer = load_look(request.look), load_stagings(request.look).answer
    if not pictures and answer and is_parted:
        return stage_opening(
            request, look, lambda shot: _set(shot, (), logo, font), lambda shot: _set(shot, (), logo, font, answer)
        )
    first = _set(request, pictures, logo, font)
    if not pictures or first.fit >= _TOO_SMALL:
        return first
    bare = _set(request, (), logo, font)
    if bare.fit <= first.fit:
        return first
    return replace(bare, notes=(*bare.notes, "staged without the picture: the words came out too small beside it"))


def _set(
    request: ShotRequest, pictures: Sequence[Picture], logo: Picture | None, font: Path | None,
    staging: Staging | None = None,
) -> Scene:  # fmt: skip
    if not pictures and set(request.words) == {"line"} and find_strong_price(request.words["line"]):
        request = replace(request, staging="offer", words={"deal": request.words["line"]})
    look, stagings = set_display_font(load_look(request.look, request.accent), font), load_stagings(request.look)
    staging = staging or stagings.choose_staging(request)
    stage, place = _open(request, look, stagings, pictures, logo)
    staging(stage)
    if texts := list_undrawn_print(stage):
        stage, place = _open(request, look, stagings, pictures, logo)
        small = reserve_small_print(stage, texts)
        staging(stage)
        add_small_print(stage, small)
    if place:
        add_logo(stage, place)
    for join in stagings.joins:
        join(stage)
    return stage.build_scene()


def _open(
    request: ShotRequest, look: Look, stagings: Stagings, pictures: Sequence[Picture], logo: Picture | None
) -> tuple[Stage, LogoPlace | None]:
    """Make the stage of a shot, with what its look opens every stage with, and the place of the logo on it."""
    stage = Stage(request, look, pictures)
    for opening in stagings.openings:
        opening(stage)
    return stage, reserve_logo(stage, logo) if logo else None
