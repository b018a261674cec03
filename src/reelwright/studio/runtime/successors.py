"""Retired models in requests: refuse them, or replace them by their twins or successors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from reelwright.catalogue.lifecycle import describe_replacement, list_next_versions, list_twins, replace_retired
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import (
    find_model,
    get_sold_model,
    is_model_name,
    is_retired,
    list_models_sold_as,
    load_models,
)
from reelwright.errors import BadInput
from reelwright.providers.protocol import Provider
from reelwright.reason import Action
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES, Request
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.runtime.home import refuse_unsold_requests

_NO_MODEL: Final = ("", "animatic", "rules", "none")


class Successors:
    """Replaces or refuses the retired models that one request names.

    ``wants_successor``: None leaves the decision to the settings. ``notes``: a sentence for each replacement, with the
    difference in price. ``replaced_models``: what replaced each retired model. ``sellers``: whom the same model may be
    bought from under another name, its twin, before any successor is thought of; None: only under its own.
    ``needs_references``: a twin that takes references comes first. Raises ``BadInput`` if ``wants_successor`` is no
    boolean. Spends nothing.
    """

    def __init__(
        self,
        wants_successor: object,
        settings: Settings,
        sellers: Mapping[str, Provider] | None = None,
        *,
        needs_references: bool = False,
    ) -> None:
        if wants_successor is not None and not isinstance(wants_successor, bool):
            raise BadInput("successor", wants_successor, "True or False")
        self._wanted = settings.retired == "successor" if wants_successor is None else wants_successor
        self._sellers, self._may_use_twin = sellers, settings.retired != "refuse"
        self._needs_references = needs_references
        self.notes: list[str] = []
        self.replaced_models: dict[str, str] = {}

    def resolve_model(self, name: str) -> str:
        """Return the model ``name``; a retired one is replaced by its successor's id if wanted, else refused; by the
        maker's next version of it where no seller has the successor.

        In ``MODEL:rest`` only the model is replaced. A provider's own name of a model is that model, where a program
        asks for it and one of the sellers has it. If successors are wanted, raises ``BadInput`` for an unknown
        model, and for a retired one without a successor on sale. If they are not, raises it for a retired model with
        one, and the error names that successor. All other errors are left to the code that uses the model.
        """
        if name in _NO_MODEL or name.startswith(LOCAL_MODEL_PREFIXES):
            return name
        bare, colon, rest = name.partition(":")
        if self._sellers is not None and (twin := self._find_twin(bare, self._sellers)):
            return f"{twin}{colon}{rest}"
        if self._sellers is not None and not is_model_name(name):
            return next((row.id for row in list_models_sold_as(name) if _is_sold(self._sellers, row)), name)
        if not self._wanted:
            _refuse_with_successor(bare)
            return name
        then, note = replace_retired(bare)
        if note and self._sellers is not None and not _is_sold(self._sellers, find_model(then)):
            then, note = self._find_next_version(find_model(bare), self._sellers) or (then, note)
        if note and bare not in self.replaced_models:
            self.notes.append(note)
            self.replaced_models[bare] = then
        return f"{then}{colon}{rest}"

    def _find_twin(self, name: str, sellers: Mapping[str, Provider]) -> str | None:
        """Find the same model as another provider sells it whose key is there, and note it; None without one."""
        if not self._may_use_twin or not is_model_name(name) or not is_retired(row := find_model(name)):
            return None
        for twin in sorted(list_twins(row), key=lambda one: self._needs_references and not one.references):
            if _is_sold(sellers, twin):
                if row.id not in self.replaced_models:
                    self.notes.append(describe_replacement(row, twin))
                    self.replaced_models[row.id] = twin.id
                return twin.id
        return None

    def _find_next_version(self, row: Model, sellers: Mapping[str, Provider]) -> tuple[str, str] | None:
        """Find the maker's next version of a model where none of the sellers has its successor; None without one."""
        found = next((one for one in list_next_versions(row) if _is_sold(sellers, one)), None)
        return (found.id, describe_replacement(row, found)) if found else None

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
            for name in late.terms.choose_model_names(made, late.flavors.choose_flavor(made, "")).names:
                self.resolve_model(name)
        return replace(made, replaced_models={**brief.replaced_models, **self.replaced_models})

    def _resolve_optional(self, name: str | None) -> str | None:
        return None if name is None else self.resolve_model(name)


def _is_sold(sellers: Mapping[str, Provider], row: Model) -> bool:
    """Whether one of the sellers sells a video model, with the key that it needs. Asks no provider."""
    request = Request(
        model=row.id, mode="text_to_video", prompt="a word", ms=row.seconds[0] * 1000 if row.seconds else None,
        aspect=row.aspects[0] if row.aspects else None, resolution=row.resolutions[0] if row.resolutions else None,
    )  # fmt: skip
    try:
        refuse_unsold_requests(sellers, [request])
    except BadInput:
        return False
    return True


def _refuse_with_successor(name: str) -> None:
    """Raise the catalogue's error for a retired model, with a hint at the option for its successor."""
    row = load_models().get(name)
    if row is None or not is_retired(row) or row.lifecycle.successor not in load_models():
        return
    try:
        get_sold_model(name)
    except BadInput as refused:
        actions = [Action("pass_option", {"option": "successor"}), *refused.actions]
        raise BadInput(refused.field, refused.value, refused.accepted, hint=refused.advice, actions=actions) from None
