"""The two kinds of databases under a person: made, copied and put back with the home, and set to a wrong clock."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from postgres import administer, copy_database, named

_CLOCK = (
    "CREATE SCHEMA shifted",
    "CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT "
    "pg_catalog.clock_timestamp() + coalesce(current_setting('person.shift', true), '0')::interval $$",
)
"""A clock of the database's own, which comes before PostgreSQL's wherever ``clock_timestamp()`` is asked."""


@dataclass
class Sqlite:
    """A file in the home: copied, put back and set wrong with it. ``template``: one at the newest schema."""

    template: Path

    def lay(self, home: Path) -> None:
        home.mkdir(parents=True)
        shutil.copy(self.template, home / "journal.db")

    def url(self, home: Path) -> str:
        return f"sqlite:///{home / 'journal.db'}"

    def copy(self) -> None:
        return None

    def restore(self) -> None:
        return None

    def shift(self, seconds: float) -> None:
        """Its clock is that of the machine."""

    def drop(self) -> None:
        return None


@dataclass
class Postgres:
    """A database on ``server``, made of ``template``."""

    server: str
    template: str
    name: str = field(default_factory=lambda: f"rw_person_{uuid4().hex[:12]}")
    copied: bool = False

    def __post_init__(self) -> None:
        copy_database(self.server, self.name, self.template)
        administer(named(self.server, self.name), *_CLOCK)
        administer(self.server, f"ALTER DATABASE {self.name} SET search_path = shifted, pg_catalog, public")

    def lay(self, home: Path) -> None:
        """It lies on its server already."""

    def url(self, home: Path) -> str:
        return named(self.server, self.name)

    def copy(self) -> None:
        self._replace(f"{self.name}_copy", self.name)
        self.copied = True

    def restore(self) -> None:
        self._replace(self.name, f"{self.name}_copy")
        administer(self.server, f"ALTER DATABASE {self.name} SET search_path = shifted, pg_catalog, public")

    def shift(self, seconds: float) -> None:
        administer(self.server, f"ALTER DATABASE {self.name} SET person.shift = '{seconds} s'")

    def drop(self) -> None:
        for name in (self.name, f"{self.name}_copy"):
            administer(self.server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _replace(self, name: str, source: str) -> None:
        administer(self.server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        copy_database(self.server, name, source)
