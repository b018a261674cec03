"""Puts the models of a home's engines into the catalogue, and opens the provider that sells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.settings import Settings

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider

_is_registered = False
"""Whether a home's models were put into the catalogue of this process."""


def register_own_models(settings: Settings) -> None:
    """Put the models of the home's engines into this process's catalogue, in place of those of another home.

    Costs nothing where there are none.
    """
    global _is_registered
    has_models = (settings.home / "models").is_dir()
    if has_models or _is_registered:
        from reelwright.engines.model_rows import register_rows  # nearly all homes have no models of their own

        _is_registered = has_models
        register_rows(settings.home, only_commercial=settings.model_licences == "commercial")


def open_engine_provider(settings: Settings) -> Mapping[str, Provider]:
    """Return the provider of the home's engines by its name; empty where the home has no model of one's own.

    Starts nothing.
    """
    register_own_models(settings)
    if not _is_registered:
        return {}
    from reelwright.engines.host import EngineHost
    from reelwright.engines.provider import EngineProvider

    return {EngineProvider.name: EngineProvider(EngineHost(settings))}
