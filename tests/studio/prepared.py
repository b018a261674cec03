"""Hands that do each work once for all tests of a run: the same again is a copy of what came of it.

For tests of money and states, in which films are made only to be there. A work depends on nothing but its arguments and
the bytes of its sources (``media/base/work.py``), so a copy has the very bytes and facts. Tests of pictures and sound,
of the golden film and of hands themselves say ``REAL_HANDS = True``, and have the real ones only.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from reelwright.engine.steps.interfaces import Hands, Vault
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import StepInputs
from reelwright.settings import Settings
from reelwright.studio.runtime import runtime
from studio import shelf

_OPEN_REAL_HANDS: Final = runtime._open_hands


class PreparedHands:
    """Does a work with real hands the first time, and hands out copies of its files from ``folder`` from then on."""

    def __init__(self, folder: Path, settings: Settings, vault: Vault) -> None:
        self._hands: Hands = _OPEN_REAL_HANDS(settings, vault)
        self._folder, self._vault, self._ffmpeg = folder, vault, settings.ffmpeg

    async def execute(
        self, account: str, work: str, args: Mapping[str, Any], inputs: StepInputs, fp: Fingerprint,
        report: Callable[[float], None] | None = None,
    ) -> Outcome:  # fmt: skip
        sources = [[source.role, source.part, digest] for source, digest in inputs]
        record = self._folder / compute_digest(
            {"work": work, "args": dict(args), "sources": sources, "ffmpeg": self._ffmpeg}
        )
        if record.exists():
            done = from_json(Outcome, record.read_text(encoding="utf-8"), "prepared")
            for digest in done.assets:
                await self._vault.put_file(account, self._folder / digest, "")
            return replace(done, fingerprint=fp)
        done = await self._hands.execute(account, work, args, inputs, fp, report)
        for digest in done.assets:
            async with self._vault.open_local(account, digest) as path:
                self._keep(digest, lambda part, path=path: shutil.copyfile(path, part))
        self._keep(record.name, lambda part: part.write_text(to_json(done), encoding="utf-8"))
        return done

    def _keep(self, name: str, write: Callable[[Path], object]) -> None:
        """Write a file that other processes of the run see whole, or not at all."""
        part = self._folder / f"{name}.{os.getpid()}"
        write(part)
        part.replace(self._folder / name)

    async def close(self) -> None:
        await self._hands.close()


@pytest.fixture(scope="session")
def prepared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what was done, and of the clips that are sold, one for all workers of the run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    shelf.FOLDER = folder / "drawn"
    shelf.FOLDER.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module", autouse=True)
def prepared_hands(request: pytest.FixtureRequest, prepared_folder: Path) -> Iterator[None]:
    """Let every studio of the module's process have ``PreparedHands``, unless the module says ``REAL_HANDS = True``."""
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "REAL_HANDS", False):
            patch.setattr(runtime, "_open_hands", partial(PreparedHands, prepared_folder))
        yield


def prepare_hands_of(process: MutableMapping[str, str], folder: Path) -> None:
    """Have the program that starts with the environment ``process`` call ``prepare_hands_here``."""
    process["PREPARED_HANDS"] = str(folder)


def prepare_hands_here() -> None:
    """Let every studio of this process, and of those forked from it, have the ``PreparedHands`` of its environment."""
    if folder := os.environ.get("PREPARED_HANDS"):
        runtime._open_hands = partial(PreparedHands, Path(folder))
