"""A model that is retired, at every door: refused, or its successor in its place where that is wanted, and said."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.breakdown import OURS
from reelwright.reel.brief import Brief
from reelwright.settings import Settings

_NO_MODEL: Final = ("", "animatic", "rules", "none")


class Successors:
    """Names of models on their way in at one door. ``asked``: True, False, or None, where the settings decide.

    ``said``: what was taken in whose place, and the difference in price, a sentence each; ``instead``: retired models
    with those that were taken, for the record. Spends nothing.
    """

    def __init__(self, asked: object, settings: Settings) -> None:
        if asked is not None and not isinstance(asked, bool):
            raise BadInput("successor", asked, "True or False")
        self._wanted = settings.retired == "successor" if asked is None else asked
        self.said: list[str] = []
        self.instead: dict[str, str] = {}

    def sold(self, name: str) -> str:
        """``name``, or where that is retired and its successor is wanted, the id of that one.

        ``MODEL:rest`` keeps its rest. Raises ``BadInput``: unknown, or retired without a successor that is sold; where
        no successor is wanted, retired with one, which is named with how to ask it. All else is left to who looks the
        model up.
        """
        if name in _NO_MODEL or name.startswith(OURS):
            return name
        bare, colon, rest = name.partition(":")
        if not self._wanted:
            _offer(bare)
            return name
        from reelwright.catalogue.lifecycle import in_place_of

        then, said = in_place_of(bare)
        if said and bare not in self.instead:
            self.said.append(said)
            self.instead[bare] = then
        return f"{then}{colon}{rest}"

    def of_brief(self, brief: Brief) -> Brief:
        """``brief`` with models that are sold. Those of its flavor, which stays as it is, are noted in ``instead``."""
        made = replace(
            brief,
            models=tuple(self.sold(one) for one in brief.models),
            stills=self._sold_or_none(brief.stills),
            voice=self._sold_or_none(brief.voice),
            music=self._sold_or_none(brief.music),
        )
        if self._wanted and (made.flavor or made.own_flavor):
            from reelwright.planner.casting.terms import asked_of
            from reelwright.planner.flavors import flavor_of

            for name in asked_of(made, flavor_of(made, "")).names:
                self.sold(name)
        return replace(made, instead={**brief.instead, **self.instead})

    def _sold_or_none(self, name: str | None) -> str | None:
        return None if name is None else self.sold(name)


def _offer(name: str) -> None:
    """Refuse a model that is retired as the catalogue does, and say how the successor that is sold is asked."""
    from reelwright.catalogue.models import is_retired, model, models

    row = models().get(name)
    if row is None or not is_retired(row) or row.lifecycle.successor not in models():
        return
    try:
        model(name)
    except BadInput as refused:
        hint = f"--successor asks it in its place; {refused.hint}"
        raise BadInput(refused.field, refused.value, refused.accepted, hint=hint) from None
