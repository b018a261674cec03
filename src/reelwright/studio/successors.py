"""Retired models in requests: refuse them, or replace them by their successors if the person wants that."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.reel.breakdown import LOCAL_MODEL_PREFIXES
from reelwright.reel.brief import Brief
from reelwright.settings import Settings

_NO_MODEL: Final = ("", "animatic", "rules", "none")


class Successors:
    """Replaces or refuses the retired models that one request names.

    ``wants_successor``: None leaves the decision to the settings. ``notes``: a sentence for each replacement, with the
    difference in price. ``replaced_models``: the successor of each retired model. Raises ``BadInput`` if
    ``wants_successor`` is no boolean. Spends nothing.
    """

    def __init__(self, wants_successor: object, settings: Settings) -> None:
        if wants_successor is not None and not isinstance(wants_successor, bool):
            raise BadInput("successor", wants_successor, "True or False")
        self._wanted = settings.retired == "successor" if wants_successor is None else wants_successor
        self.notes: list[str] = []
        self.replaced_models: dict[str, str] = {}

    def resolve_model(self, name: str) -> str:
        """Return the model ``name``; a retired one is replaced by its successor's id if wanted, else refused.

        In ``MODEL:rest`` only the model is replaced. If successors are wanted, raises ``BadInput`` for an unknown
        model, and for a retired one without a successor on sale. If they are not, raises it for a retired model with
        one, and the error names that successor. All other errors are left to the code that uses the model.
        """
        if name in _NO_MODEL or name.startswith(LOCAL_MODEL_PREFIXES):
            return name
        bare, colon, rest = name.partition(":")
        if not self._wanted:
            _refuse_with_successor(bare)
            return name
        from reelwright.catalogue.lifecycle import replace_retired

        then, note = replace_retired(bare)
        if note and bare not in self.replaced_models:
            self.notes.append(note)
            self.replaced_models[bare] = then
        return f"{then}{colon}{rest}"

    def replace_in_brief(self, brief: Brief) -> Brief:
        """Return the brief with each retired model that it names replaced by its successor, if that is wanted.

        The flavor stays as it is: replacements of its models are recorded in ``replaced_models``.
        """
        made = replace(
            brief,
            models=tuple(self.resolve_model(one) for one in brief.models),
            stills=self._resolve_optional(brief.stills),
            voice=self._resolve_optional(brief.voice),
            music=self._resolve_optional(brief.music),
        )
        if self._wanted and (made.flavor or made.own_flavor):
            from reelwright.planner.casting.terms import choose_model_names
            from reelwright.planner.flavors import choose_flavor

            for name in choose_model_names(made, choose_flavor(made, "")).names:
                self.resolve_model(name)
        return replace(made, replaced_models={**brief.replaced_models, **self.replaced_models})

    def _resolve_optional(self, name: str | None) -> str | None:
        return None if name is None else self.resolve_model(name)


def _refuse_with_successor(name: str) -> None:
    """Raise the catalogue's error for a retired model, with a hint at the option for its successor."""
    from reelwright.catalogue.models import get_sold_model, is_retired, load_models

    row = load_models().get(name)
    if row is None or not is_retired(row) or row.lifecycle.successor not in load_models():
        return
    try:
        get_sold_model(name)
    except BadInput as refused:
        actions = [Action("pass_option", {"option": "successor"}), *refused.actions]
        raise BadInput(refused.field, refused.value, refused.accepted, hint=refused.advice, actions=actions) from None
