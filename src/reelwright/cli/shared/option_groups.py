"""Groups of options that several verbs have: a verb takes a group as one value, and has an option for each field."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from reelwright.cli import late_modules as late
from reelwright.cli.shared import options as o
from reelwright.cli.shared.runner import build_rehearsal
from reelwright.cli.shared.typed_inputs import parse_references, parse_stills

if TYPE_CHECKING:
    from reelwright.studio.runtime.rehearsal import Rehearsal


class OptionGroup:
    """Base of the groups: a dataclass whose fields are options of ``cli.shared.options``."""


@dataclass(frozen=True, kw_only=True)
class LookOptions(OptionGroup):
    """Options about what a film looks like and which files it shows."""

    flavor: o.Flavor = None
    length: o.Length = None
    aspect: o.Aspects = None
    presets: o.For = None
    native: o.Native = False
    look: o.Look = None
    accent: o.Accent = None
    logo: o.Logo = None
    font: o.Font = None
    end_card: o.EndCard = None
    image: o.Images = None
    clip: o.Clips = None

    def to_keywords(self) -> dict[str, Any]:
        """Return the studio's keyword arguments. The studio checks the values."""
        found = asdict(self)
        images, clips, is_native = (found.pop(name) for name in ("image", "clip", "native"))
        return {
            **found,
            **_name_if_given("native", is_native),
            "images": tuple(images or ()),
            "clips": tuple(clips or ()),
        }


@dataclass(frozen=True, kw_only=True)
class PlanOptions(OptionGroup):
    """Options about how a brief becomes a plan."""

    language: o.Language = None
    variation: o.Variation = 0
    short_side: o.ShortSide = 1080
    archetype: o.Archetype = None
    planner: o.Planner = None

    def to_keywords(self) -> dict[str, Any]:
        """Return the studio's keyword arguments. The studio checks the values."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class ModelOptions(OptionGroup):
    """Options about the AI models that a film is made with."""

    model: o.Models = None
    stills: o.Stills = None
    still: o.OwnStills = None
    voice: o.Voice = None
    music: o.Music = None
    continuity: o.Continuity = "beat"
    resolution: o.Resolution = None
    sound: o.Sound = None
    reference: o.References = None
    successor: o.Successor = False

    def to_keywords(self) -> dict[str, Any]:
        """Return the studio's keyword arguments. Raises ``BadInput``."""
        found = asdict(self)
        models, references, stills, follows = (found.pop(one) for one in ("model", "reference", "still", "successor"))
        found |= {"models": tuple(models or ()), "references": parse_references(references)}
        return {**found, "storyboard": parse_stills(stills), **_name_if_given("successor", follows)}


@dataclass(frozen=True, kw_only=True)
class ApprovalOptions(OptionGroup):
    """Options by which a person agrees to a price."""

    yes: o.Yes = False
    budget: o.Budget = None
    accept_unconfirmed: o.AcceptUnconfirmed = False
    unknown_at_most: o.UnknownAtMost = None

    def to_keywords(self) -> dict[str, Any]:
        """Return the studio's keyword arguments, but for ``yes``: a verb asks first, and agrees to what was shown."""
        return {name: value for name, value in asdict(self).items() if name != "yes"}

    def check(self, out: Path | None = None) -> None:
        """Raise ``BadInput`` if an amount of money, or the path ``out`` for the film, is not accepted. A quote checks
        them, too.
        """
        late.validation.parse_money(self.budget)
        late.consent.parse_unknown_at_most(self.unknown_at_most)
        if out is not None:
            late.deliver.check(out)


@dataclass(frozen=True, kw_only=True)
class RehearsalOptions(OptionGroup):
    """Options of a rehearsal, which buys nothing."""

    rehearse: o.Rehearse = False
    rehearse_faults: o.RehearseFaults = None
    rehearse_speed: o.RehearseSpeed = None

    def build(self, *, quote: bool = False) -> Callable[[], Rehearsal] | None:
        """Return the function that builds the rehearsal, as ``build_rehearsal`` does; None for real work."""
        return build_rehearsal(self.rehearse, self.rehearse_speed, self.rehearse_faults, quote=quote)


def expand_groups(verb: Callable[..., None]) -> Callable[..., None]:
    """Return ``verb`` with one parameter for each field of its groups, in the place of the group, for the parser."""
    hints = get_type_hints(verb, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and issubclass(hint, OptionGroup)}
    if not groups:
        return verb
    own = inspect.Parameter.KEYWORD_ONLY
    parameters: list[inspect.Parameter] = []
    for one in inspect.signature(verb).parameters.values():
        if group := groups.get(one.name):
            typed = get_type_hints(group, include_extras=True)
            for field in fields(group):  # type: ignore[arg-type]  # every group is a dataclass
                parameters.append(
                    inspect.Parameter(field.name, own, default=field.default, annotation=typed[field.name])
                )
        else:
            parameters.append(one.replace(annotation=hints[one.name], kind=own))

    @wraps(verb)
    def command(**given: Any) -> None:
        taken = {
            name: group(**{field.name: given.pop(field.name) for field in fields(group) if field.name in given})  # type: ignore[arg-type]
            for name, group in groups.items()
        }
        verb(**given, **taken)

    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def _name_if_given(name: str, is_given: bool) -> dict[str, bool]:
    """Return the keyword of a flag that was typed: one that was not is left to flavor and script."""
    return {name: True} if is_given else {}
