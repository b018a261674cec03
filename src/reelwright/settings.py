"""One frozen Settings, built at a door from defaults < file < environment < flags, and passed down."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from reelwright.errors import BadInput
from reelwright.units import Micros, parse_usd, usd

PREFIX = "REELWRIGHT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where a user's things live and how work is run. Secrets never stand here.

    home: folder of all that a user owns. database: SQLAlchemy URL; empty means a SQLite file in ``home``.
    hands: processes that draw and encode; 0 means one per core. lease_s: seconds after which a silent director
    loses its projects. tries: how often, in all, is bought what a provider took on and failed at for a reason that
    may pass. write_off_usd: a text call without an answer that costs no more is written off and asked again by
    itself (0: never); nothing else is ever sent again without a person's word. ffmpeg: program to run; empty means
    the one that comes with the package.
    """

    home: Path
    database: str = ""
    account: str = "local"
    hands: int = 0
    lease_s: int = 30
    tries: int = 2
    write_off_usd: str = "0.05"
    ffmpeg: str = ""
    preset: str = "veryfast"
    crf: int = 20

    @property
    def write_off(self) -> Micros:
        """In micro-dollars."""
        return parse_usd(self.write_off_usd, "write_off_usd")

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.home / 'journal.db'}"

    @property
    def vault(self) -> Path:
        return self.home / "vault"

    @property
    def films(self) -> Path:
        return self.home / "films"

    @property
    def workrooms(self) -> Path:
        return self.home / "workrooms"


def load(environ: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Settings from environment (``REELWRIGHT_HOME`` …) and flags; flags that are None do not count.

    Raises ``BadInput`` on an unknown ``home/settings.yaml`` key or a value of the wrong type.
    """
    environ = os.environ if environ is None else environ
    home = Path(flags.get("home") or environ.get(f"{PREFIX}HOME") or _data_folder()).expanduser().absolute()
    given: dict[str, Any] = _from_file(home / "settings.yaml")
    for field in fields(Settings):
        if field.name != "home" and (value := environ.get(f"{PREFIX}{field.name.upper()}")):
            given[field.name] = value
    given |= {name: value for name, value in flags.items() if value is not None and name != "home"}
    return Settings(home=home, **{name: _typed(name, value) for name, value in given.items()})


def _data_folder() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("reelwright", appauthor=False))


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as cause:
        raise BadInput(str(path), str(cause)[:80], "a file of YAML in UTF-8 that can be read") from cause
    known = {field.name for field in fields(Settings)} - {"home"}
    if not isinstance(found, dict) or (unknown := set(found) - known):
        name = ", ".join(sorted(map(str, unknown))) if isinstance(found, dict) else type(found).__name__
        raise BadInput(str(path), name, f"a mapping with keys among {', '.join(sorted(known))}")
    return found


def _typed(name: str, value: Any) -> Any:
    if name == "write_off_usd":
        return usd(parse_usd(str(value), name))
    numbers = {"tries": (1, 9), "hands": (0, 256), "lease_s": (2, 3600), "crf": (0, 51)}
    if name not in numbers:
        if not isinstance(value, str):
            raise BadInput(name, value, "text")
        return value
    low, high = numbers[name]
    try:
        number = int(value)
    except (TypeError, ValueError) as cause:
        raise BadInput(name, value, f"a whole number from {low} to {high}") from cause
    if not low <= number <= high:
        raise BadInput(name, value, f"a whole number from {low} to {high}")
    return number
