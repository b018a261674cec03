"""Look up fakes by the name of the provider whose wire they speak."""

from __future__ import annotations

import importlib
import pkgutil

from reelwright import providers
from reelwright.errors import BadInput
from reelwright.providers import fakes
from reelwright.providers.fakes.wire import Fake


def list_fakes() -> tuple[str, ...]:
    """List the names of the providers that have a fake."""
    sold = {module.name for module in pkgutil.iter_modules(providers.__path__)}
    return tuple(sorted(sold & {module.name for module in pkgutil.iter_modules(fakes.__path__)}))


def load_fake_class(name: str) -> type[Fake]:
    """Import the fake of a provider and return its class, which ``fakes/<name>.py`` calls ``FAKE``. Raises ``BadInput``
    naming the fakes that exist.
    """
    if name not in list_fakes():
        raise BadInput("fake", name, f"one of {', '.join(list_fakes())}")
    made: type[Fake] = importlib.import_module(f"reelwright.providers.fakes.{name}").FAKE
    return made
