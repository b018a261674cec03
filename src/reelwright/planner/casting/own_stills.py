"""Stills of a person's own: the beat that each belongs to, and the shots of it that open on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import model
from reelwright.errors import BadInput
from reelwright.planner.casting.recast import by_another
from reelwright.reel.breakdown import VIDEO_MODES
from reelwright.reel.brief import Still
from reelwright.reel.noun import Digest
from reelwright.reel.plan import Beat, Opening, Own, Plan, Shot
from reelwright.reel.request import Input, Request

FIELD = "still"


def said(still: Still) -> str:
    """As a person says it: ``hook=door.jpg``."""
    return f"{still.beat}={still.name}"


def beats_of(plan: Plan, stills: Sequence[Still]) -> dict[str, Still]:
    """Each still by the id of its beat, which it names by name or by its number from 1.

    Raises ``BadInput`` for a beat that the plan has not, or has more than once under that name, or that is given two.
    """
    found: dict[str, Still] = {}
    for still in stills:
        beat = _called(plan, still)
        if beat.id in found:
            raise BadInput(FIELD, said(still), f"one still for {beat.name}; {said(found[beat.id])} is another")
        found[beat.id] = still
    return found


def _called(plan: Plan, still: Still) -> Beat:
    names = [beat.name for beat in plan.beats]
    if still.beat.isascii() and still.beat.isdigit() and len(still.beat) < 4:
        if 1 <= int(still.beat) <= len(names):
            return plan.beats[int(still.beat) - 1]
    elif named := [n for n, name in enumerate(names, 1) if name == still.beat]:
        if len(named) > 1:
            raise BadInput(FIELD, said(still), f"a number, since {len(named)} beats are called so: {_list(named)}")
        return plan.beats[named[0] - 1]
    raise BadInput(FIELD, said(still), f"a beat of this film by name ({_list(names)}) or a number, 1 to {len(names)}")


def _list(values: Iterable[object]) -> str:
    return ", ".join(dict.fromkeys(map(str, values)))


def opened_on(asset: Digest) -> tuple[Opening, Input]:
    """What a shot that opens on a still of one's own says of it."""
    return Opening(on="storyboard", image=asset), Input(role="first_frame", asset=asset)


def refuse_unopened(row: Model, value: str) -> None:
    """Raise ``BadInput`` for a model that cannot be shown a still. ``value``: how that was said."""
    if "image_to_video" not in row.modes:
        told = f"nothing where {row.name} films: it starts from words alone"
        raise BadInput(FIELD, value, told, hint="reelwright models --can image_to_video")


def refuse_unseen(plan: Plan, stills: dict[str, Still]) -> None:
    """Raise ``BadInput`` for a still on which no shot of its beat opens, naming the beats whose shots could."""
    could = [beat.name for beat in plan.beats if any(map(_opens, beat.shots))]
    for beat in plan.beats:
        if (still := stills.get(beat.id)) and not any(shot.opening.image == still.asset for shot in beat.shots):
            told = f"a beat that a model films: {_list(could)}" if could else "a film of which a model makes a shot"
            raise BadInput(FIELD, said(still), told, hint="--image shows a picture in a beat that is drawn")


def with_stills(plan: Plan, stills: Sequence[Still]) -> Plan:
    """A plan that is cast, with other stills: each shot of their beats that a still opens, on that one.

    Nothing else of its request changes where it opened on a picture before. Raises ``BadInput``. Never spends.
    """
    given = beats_of(plan, stills)

    def opened(beat: Beat) -> Beat:
        still = given.get(beat.id)
        if still is None:
            return beat
        shots = (reopened(plan, s, still.asset, said(still)) if _opens(s) else s for s in beat.shots)
        return replace(beat, shots=tuple(shots))

    made = replace(plan, beats=tuple(opened(beat) for beat in plan.beats), author="person")
    refuse_unseen(made, given)
    return made


def _opens(shot: Shot) -> bool:
    """Whether a model makes it, and it neither goes on from another nor moves a photo of its own."""
    made = not isinstance(shot.source, Own) and shot.source.mode in VIDEO_MODES
    return made and shot.opening.on in ("storyboard", "nothing")


def reopened(plan: Plan, shot: Shot, asset: Digest, value: str) -> Shot:
    """A shot that a model makes, opening on another still. ``value``: how that was said, for errors."""
    request = shot.source
    assert isinstance(request, Request), "own footage opens on itself"
    row = model(request.model)
    refuse_unopened(row, value)
    opening, first = opened_on(asset)
    others = tuple(i for i in request.inputs if i.role != "first_frame")
    opened = replace(shot, source=replace(request, inputs=(first, *others)), opening=opening, still=None)
    return opened if len(others) < len(request.inputs) else by_another(plan, opened, row)


def told(plan: Plan, stills: Sequence[Still], *, buys: bool) -> list[str]:
    """What becomes of each still. ``buys``: a model draws the stills of the other beats."""
    names = {beat.id: beat for beat in plan.beats}
    sentences = []
    for beat, still in beats_of(plan, stills).items():
        takes = sum(shot.opening.image == still.asset for shot in names[beat].shots)
        opens = f"{takes} takes of {names[beat].name} open" if takes > 1 else f"{names[beat].name} opens"
        cut = abs(still.width / still.height - plan.size[0] / plan.size[1]) > 0.02
        more = ", cropped about its middle" if cut else ""
        sentences.append(f"{opens} on {still.name}{more}{'; no still is bought for it' if buys else ''}.")
    return sentences
