"""The models of other packages' providers, each from the ``models.yaml`` of its package: checked like ours and more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.reader import parse_rows
from reelwright.errors import BadInput
from reelwright.known_providers import OUR_PACKAGE, ProviderEntry, list_provider_entries
from reelwright.plugins import find_plugins, report_fault
from reelwright.reel.base.yaml_rows import load_yaml

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def find_foreign_file(provider: str) -> Traversable | None:
    """Return the catalogue file of a provider of another package; None for a provider that is no such one."""
    found = (one for one in list_provider_entries() if one.name == provider and one.package != OUR_PACKAGE)
    return next((files(entry.package) / "models.yaml" for entry in found), None)


def load_foreign_models(our_names: Collection[str]) -> Mapping[str, Mapping[str, Model]]:
    """Load the models of other packages' providers, by provider. One whose file cannot be used is reported and left
    out.

    ``our_names``: ids and aliases of our own models.
    """
    found = {}
    for entry in list_provider_entries():
        if entry.package != OUR_PACKAGE:
            try:
                found[entry.name] = _read_models(entry, our_names)
            except (BadInput, OSError) as error:
                report_fault(find_plugins("providers")[entry.name], error)
    return found


def _read_models(entry: ProviderEntry, our_names: Collection[str]) -> Mapping[str, Model]:
    """Read the models of one provider. Raises ``BadInput``, also where names may be taken for those of others.

    They begin with the name of the provider, so that no two packages have a model of the same name.
    """
    file, first = files(entry.package) / "models.yaml", f"{entry.name}-"
    rows = parse_rows(load_yaml(file), entry.name, file.name)
    for row in rows.values():
        for name in (row.id, *row.aliases):
            if name in our_names or not name.startswith(first):
                raise BadInput(
                    f"{file.name}: {row.id}", name, f"a name that begins with {first} and that none of ours has"
                )
        if row.key not in entry.holders:
            raise BadInput(f"{file.name}: {row.id}.key", row.key or False, " | ".join(entry.holders) or "false")
        if row.resubmit != "never":
            raise BadInput(f"{file.name}: {row.id}.resubmit", row.resubmit, "never: what others sell is sent once")
    return rows
