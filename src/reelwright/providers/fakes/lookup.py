"""Look up fakes by the name of the provider whose wire they speak."""

from __future__ import annotations

import importlib
import pkgutil

from reelwright import providers
from reelwright.errors import BadInput
from reelwright.known_providers import OUR_PACKAGE, list_provider_entries
from reelwright.providers import fakes
from reelwright.providers.fakes.wire import Fake


def list_fakes() -> tuple[str, ...]:
    """List the names of the providers that have a fake: every provider of another package has one."""
    sold = {module.name for module in pkgutil.iter_modules(providers.__path__)}
    return tuple(sorted({*_find_foreign(), *(sold & {module.name for module in pkgutil.iter_modules(fakes.__path__)})}))


def load_fake_class(name: str) -> type[Fake]:
    """Import the fake of a provider and return its class, which ``fakes/<name>.py`` or, in another package, ``fake.py``
    calls ``FAKE``. Raises ``BadInput`` naming the fakes that exist.
    """
    if name not in list_fakes():
        raise BadInput("fake", name, f"one of {', '.join(list_fakes())}")
    made: type[Fake] = importlib.import_module(_find_foreign().get(name, f"{fakes.__name__}.{name}")).FAKE
    return made


def _find_foreign() -> dict[str, str]:
    return {one.name: f"{one.package}.fake" for one in list_provider_entries() if one.package != OUR_PACKAGE}
