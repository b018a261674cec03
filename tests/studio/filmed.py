"""A film of takes that is bought once, and copied into the homes of all tests that begin with it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright import Studio
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from studio.shelf import Shelf


@dataclass(frozen=True)
class Filmed:
    """A home with one finished film, never written to by a test, and the shelf that sold its takes."""

    home: Path
    shelf: Shelf
    made: FilmResult

    @classmethod
    def once(cls, home: Path, brief: str, **asked: Any) -> Filmed:
        shelf = Shelf(smooth=True)
        with Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf}) as studio:
            made = studio.make(brief, **asked)
        assert made.state == "done", made.message
        return cls(home, shelf, made)

    def into(self, home: Path, studio: Studio, shelf: Shelf) -> FilmResult:
        """The film in ``home``, which is that of ``studio`` and new; ``shelf`` has sold its takes."""
        shutil.copytree(self.home, home)
        shelf.sent.extend(self.shelf.sent)
        assert studio.reconcile(yes=True).state == "reconciled", "a home that was copied"
        return self.made
