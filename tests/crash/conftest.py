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
from crash.matrix import sampled


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """REELWRIGHT_LANE_SAMPLE=24: so many runs of the matrix, dealt out by REELWRIGHT_LANE_SEED, for every change.

    And a sixth as many of what else is in the lane.
    """
    count = int(os.environ.get("REELWRIGHT_LANE_SAMPLE", "0"))
    if not count:
        return
    seed = os.environ.get("REELWRIGHT_LANE_SEED", "1")
    lane = sorted((item for item in items if item.get_closest_marker("lane_crash")), key=lambda item: item.nodeid)
    matrix = {str(run) for run in sampled(count, seed)}
    runs = [item for item in lane if item.path.name == "test_matrix.py"]
    rest = [item for item in lane if item not in runs]
    kept = [item for item in runs if item.nodeid.partition("[")[2].rstrip("]") in matrix]
    kept += random.Random(seed).sample(rest, min(len(rest), -(-count // 6)))
    dropped = [item for item in lane if item not in kept]
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
