"""The contract of a work: a named, picklable function over local files that any hand can run, more than once.

A work is ``def name(args, sources, room, report) -> WorkResult``. ``args`` are the step's plain JSON values.
``sources`` are local read-only files in the order of the step's inputs. ``room`` is an empty folder of this run's own:
files written there are lost afterwards, except those named in the ``WorkResult``. A work never opens the network, the
journal or the vault, is deterministic in (args, bytes of sources), and probes every file that a tool wrote.
``report(done)`` with done from 0 to 1 may be called often; it is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from reelwright.reel.graph.outcome import MissingSample

Report = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An input of a work as a local file. ``role`` and ``part`` as in ``reel.request.Input``."""

    role: str
    part: str
    path: Path
    mime: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFile:
    """A file inside the room. ``name`` is its part in the outcome: ``master``, ``srt``, ``take`` …"""

    path: Path
    mime: str
    name: str = "take"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkResult:
    """The result of a work: files in order (the first is what dependants read), and facts measured on them."""

    files: tuple[ResultFile, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[MissingSample, ...] = ()


class Work(Protocol):
    def __call__(
        self, args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report
    ) -> WorkResult: ...


def find_font(sources: Sequence[Source]) -> Path | None:
    """Find the file of the brand's font: the source with the role ``font``, if there is one."""
    return next((source.path for source in sources if source.role == "font"), None)
