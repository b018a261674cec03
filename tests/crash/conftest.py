"""The film that a make gives when nobody disturbs it, made once; and homes in which it is disturbed."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from crash.makes import MAKE, Makes, makes_in, seen

collect_ignore = [] if os.environ.get("REELWRIGHT_SOAK") else ["test_soak.py"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """REELWRIGHT_LANE_SAMPLE=24: so many runs of the matrix and so many others of the lane, for every change.

    REELWRIGHT_LANE_SEED chooses them.
    """
    count = int(os.environ.get("REELWRIGHT_LANE_SAMPLE", "0"))
    lane = sorted((item for item in items if item.get_closest_marker("lane_crash")), key=lambda item: item.nodeid)
    matrix = [item for item in lane if item.path.name == "test_matrix.py"]
    others = [item for item in lane if item.path.name != "test_matrix.py"]
    if not count:
        return
    seed = os.environ.get("REELWRIGHT_LANE_SEED", "")
    kept = {
        item.nodeid
        for part in (matrix, others)
        for item in (part if count >= len(part) else random.Random(seed).sample(part, count))
    }
    dropped = [item for item in lane if item.nodeid not in kept]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    """What is seen and heard of it, what it was made of, the labels it passed, and its seconds."""
    folder = tmp_path_factory.mktemp("undisturbed")
    log = folder / "labels"
    with makes_in(folder) as made:
        began = time.monotonic()
        end = made.live(*MAKE, REELWRIGHT_CRASH_LOG=str(log))
        seconds = time.monotonic() - began
        assert end and len(end["shots"]) == 2
        whole = {"seen": seen(end), "had": made.had(), "labels": Counter(log.read_text().split())}
        made.check(end, whole, {})
    return {**whole, "seconds": seconds}


@pytest.fixture
def makes(empty_url: str, tmp_path: Path) -> Iterator[Makes]:
    """A home without anything, its journal on the database of the test's parameter."""
    with makes_in(tmp_path, empty_url if empty_url.startswith("postgresql") else "") as made:
        yield made


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Makes]:
    """A home without anything, with a journal of its own."""
    with makes_in(tmp_path) as made:
        yield made
