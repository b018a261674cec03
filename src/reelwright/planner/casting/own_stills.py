"""Matches a person's own stills with beats, and makes the shots of those beats open on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.recast import switch_model
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import VIDEO_MODES
from reelwright.reel.film.brief import Still
from reelwright.reel.film.plan import Beat, Opening, OwnFootage, Plan, Shot
from reelwright.reel.graph.request import Input, Request

STILL_FIELD = "still"


def format_still(still: Still) -> str:
    """Return the still as a person writes it: ``hook=door.jpg``."""
    return f"{still.beat}={still.name}"


def match_stills(plan: Plan, stills: Sequence[Still]) -> dict[str, Still]:
    """Return each still by the id of its beat. A still names its beat by name or by number from 1.

    Raises ``BadInput`` for a beat that the plan does not have, or has more than once under that name, or that is given
    two stills.
    """
    found: dict[str, Still] = {}
    for still in stills:
        beat = _find_beat(plan, still)
        if beat.id in found:
            raise BadInput(
                STILL_FIELD,
                format_still(still),
                f"one still for {beat.name}; {format_still(found[beat.id])} is another",
            )
        found[beat.id] = still
    return found


def _find_beat(plan: Plan, still: Still) -> Beat:
    names = [beat.name for beat in plan.beats]
    if still.beat.isascii() and still.beat.isdigit() and len(still.beat) < 4:
        if 1 <= int(still.beat) <= len(names):
            return plan.beats[int(still.beat) - 1]
    elif named := [n for n, name in enumerate(names, 1) if name == still.beat]:
        if len(named) > 1:
            raise BadInput(
                STILL_FIELD,
                format_still(still),
                f"a number, since {len(named)} beats are called so: {_join_unique(named)}",
            )
        return plan.beats[named[0] - 1]
    raise BadInput(
        STILL_FIELD,
        format_still(still),
        f"a beat of this film by name ({_join_unique(names)}) or a number, 1 to {len(names)}",
    )


def _join_unique(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))


def make_opening(asset: Digest) -> tuple[Opening, Input]:
    """Return the opening and the input of a shot that opens on a still of the person's own."""
    return Opening(source="storyboard", image=asset), Input(role="first_frame", asset=asset)


def refuse_stillless_model(row: Model, value: str) -> None:
    """Raise ``BadInput`` if the model cannot open on a still. ``value``: the still as the person wrote it."""
    if "image_to_video" not in row.modes:
        accepted = f"only with a model that starts from a picture; {row.name} starts from words alone"
        raise BadInput(STILL_FIELD, value, accepted, actions=[Action("list_models", {"can": "image_to_video"})])


def refuse_unshown_stills(plan: Plan, stills: dict[str, Still]) -> None:
    """Raise ``BadInput`` for a still on which no shot of its beat opens, naming the beats whose shots could."""
    could = [beat.name for beat in plan.beats if any(map(_can_open_on_still, beat.shots))]
    for beat in plan.beats:
        if (still := stills.get(beat.id)) and not any(shot.opening.image == still.asset for shot in beat.shots):
            accepted = (
                f"a beat that a model films: {_join_unique(could)}" if could else "a film of which a model makes a shot"
            )
            hint = "in a beat that is drawn, show the picture as an image"
            raise BadInput(STILL_FIELD, format_still(still), accepted, hint=hint)


def apply_stills(plan: Plan, stills: Sequence[Still]) -> Plan:
    """Return a plan that is cast with other stills: in their beats, each shot that can open on a still opens on that
    one.

    If the shot opened on a picture before, nothing else of its request changes. Raises ``BadInput``. Never spends.
    """
    given = match_stills(plan, stills)

    def opened(beat: Beat) -> Beat:
        still = given.get(beat.id)
        if still is None:
            return beat
        shots = (
            reopen_shot(plan, s, still.asset, format_still(still)) if _can_open_on_still(s) else s for s in beat.shots
        )
        return replace(beat, shots=tuple(shots))

    made = replace(plan, beats=tuple(opened(beat) for beat in plan.beats), author="person")
    refuse_unshown_stills(made, given)
    return made


def _can_open_on_still(shot: Shot) -> bool:
    """Return whether a model makes the shot, and it neither continues another nor moves a photo of its own."""
    made = not isinstance(shot.source, OwnFootage) and shot.source.mode in VIDEO_MODES
    return made and shot.opening.source in ("storyboard", "nothing")


def reopen_shot(plan: Plan, shot: Shot, asset: Digest, value: str) -> Shot:
    """Return a shot that a model makes, opening on another still. ``value``: the still as written, for errors."""
    request = shot.source
    assert isinstance(request, Request), "own footage opens on itself"
    row = get_sold_model(request.model)
    refuse_stillless_model(row, value)
    opening, first = make_opening(asset)
    others = tuple(i for i in request.inputs if i.role != "first_frame")
    opened = replace(shot, source=replace(request, inputs=(first, *others)), opening=opening, still=None)
    return opened if len(others) < len(request.inputs) else switch_model(plan, opened, row)


def describe_stills(plan: Plan, stills: Sequence[Still], *, buys_stills: bool) -> list[str]:
    """Say for each still which takes open on it. ``buys_stills``: a model draws the stills of the other beats."""
    names = {beat.id: beat for beat in plan.beats}
    sentences = []
    for beat, still in match_stills(plan, stills).items():
        takes = sum(shot.opening.image == still.asset for shot in names[beat].shots)
        opens = f"{takes} takes of {names[beat].name} open" if takes > 1 else f"{names[beat].name} opens"
        cut = abs(still.width / still.height - plan.size[0] / plan.size[1]) > 0.02
        more = ", cropped about its middle" if cut else ""
        sentences.append(f"{opens} on {still.name}{more}{'; no still is bought for it' if buys_stills else ''}.")
    return sentences
