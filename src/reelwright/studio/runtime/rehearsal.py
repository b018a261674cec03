"""Rehearsals: the real adapters against the fakes of the package, at real prices and latencies. Nothing is bought.

A rehearsal has its own home (``rehearsal/`` in the user's home), so that rehearsed and bought files never mix. A marker
file stands in that home: a studio that opens it later also rehearses, and never buys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput
from reelwright.known_providers import list_holders
from reelwright.net.keys import Keys
from reelwright.providers.kokoro import Kokoro
from reelwright.providers.open_provider import open_providers
from reelwright.reel.base.document import from_json
from reelwright.reel.base.value import define_value
from reelwright.settings import Settings
from reelwright.studio.policy import REHEARSAL_SPEED
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime.home import REHEARSAL
from reelwright.studio.runtime.slates import FOLDER

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider

_OWN_PLACES: Final[Mapping[str, Any]] = {
    "database": "", "vault_url": "", "downloads": "server", "downloads_url": "", "downloads_key_id": "",
    "films_folder": "",
}  # fmt: skip
"""The settings of a rehearsal that name no place where things are bought."""


@define_value
class Rehearsal:
    """Options of a rehearsal, a run in which fakes stand in for providers.

    ``speed``: seconds of the provider per real second. ``faults``: percent of calls that fail.

    Raises ``BadInput`` for a speed that is not from 1 to 3600, or faults that are not from 0 to 50.
    """

    speed: float = REHEARSAL_SPEED
    faults: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= _number("rehearse_speed", self.speed) <= 3600:
            raise BadInput("rehearse_speed", self.speed, "from 1 (as slow as the real ones) to 3600")
        if not 0 <= _number("rehearse_faults", self.faults) <= 50:
            raise BadInput("rehearse_faults", self.faults, "percent, from 0 to 50")

    @property
    def tempo(self) -> Tempo:
        """The speed of the clock of this rehearsal's fakes, for the waits of the engine."""
        return Tempo(speed=self.speed, is_rehearsal=True)


def _number(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadInput(field, value, "a number")
    return value


def read_rehearsal(home: Path) -> Rehearsal | None:
    """Read the options of a rehearsal from the marker file in ``home``; None for a home in which things are bought."""
    mark = home / REHEARSAL
    return from_json(Rehearsal, mark.read_bytes(), str(mark)) if mark.is_file() else None


def read_last_rehearsal(home: Path) -> Rehearsal:
    """Read the options of the last rehearsal that the folder ``home`` is or contains; else the default options."""
    return read_rehearsal(home) or read_rehearsal(home / FOLDER) or Rehearsal()


def resolve_rehearsal(settings: Settings, rehearse: bool | Rehearsal) -> tuple[Settings, Rehearsal | None]:
    """Return a studio's settings, with another home if it rehearses, and its rehearsal; None: it really buys.

    A rehearsal uses its own home, and never the database and the folders that the environment names, where things are
    bought. Raises
    ``BadInput``. Writes nothing.
    """
    if not isinstance(rehearse, bool | Rehearsal):
        raise BadInput("rehearse", rehearse, "True, False, or a Rehearsal(speed=…, faults=…)")
    requested = Rehearsal() if rehearse is True else rehearse or None
    if (before := read_rehearsal(settings.home)) is not None:
        return replace(settings, **_OWN_PLACES), requested or before
    if requested is None:
        return settings, None
    apart = replace(settings, home=settings.home / FOLDER, **_OWN_PLACES)
    return apart, requested


def open_rehearsal_providers(settings: Settings) -> Mapping[str, Provider]:
    """Create the clients of all providers with placeholder keys, to list models and prices before the fakes run.

    The voice of this machine hums.
    """
    variables = [variable for holder in list_holders().values() for variable in holder.variables]
    placeholders = {**dict.fromkeys(variables, "no-key-in-a-rehearsal"), "GOOGLE_CLOUD_PROJECT": FOLDER}
    return {**open_providers(settings, Keys(settings, placeholders)), Kokoro.name: Kokoro(None)}
