"""The fakes that there are, by the name of the provider whose wire they speak."""

from __future__ import annotations

import importlib
import pkgutil

from reelwright import providers
from reelwright.errors import BadInput
from reelwright.providers import fakes
from reelwright.providers.fakes.wire import Fake


def fakes_known() -> tuple[str, ...]:
    """Names of providers that have both an adapter and a fake."""
    sold = {module.name for module in pkgutil.iter_modules(providers.__path__)}
    return tuple(sorted(sold & {module.name for module in pkgutil.iter_modules(fakes.__path__)}))


def fake_called(name: str) -> type[Fake]:
    """The fake's class: ``FAKE`` of ``fakes/<name>.py``. Raises ``BadInput`` naming those that there are."""
    if name not in fakes_known():
        raise BadInput("fake", name, f"one of {', '.join(fakes_known())}")
    made: type[Fake] = importlib.import_module(f"reelwright.providers.fakes.{name}").FAKE
    return made
