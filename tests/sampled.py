"""``--sample SEED`` runs a part of the cases of tests marked ``sampled``, dealt out by the seed. Their lanes run all.

``sampled`` keeps so many cases that each value of each parameter is met, though not with each value of the others.
``sampled("database", "kind")`` names parameters of which any one value does. ``sampled(count=4)`` keeps four
cases, ``sampled(count=4, of="full disks")`` four of all tests that say the same.
"""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any, Final

import pytest

_COUNTS: Final = pytest.StashKey[dict[str, tuple[int, int]]]()
_SENT: Final = "sampled"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", metavar="SEED", help="run a part of the cases of sampled tests, by this seed")


def list_values(item: pytest.Item, free: tuple[str, ...]) -> set[tuple[str, str]]:
    """List the values of a case as (parameter, value), without those of the parameters ``free``."""
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return {(name, repr(value)) for name, value in params.items() if name not in free}


def choose_cases(name: str, cases: list[pytest.Item], marker: pytest.Mark, seed: str) -> list[pytest.Item]:
    """Choose cases of the test ``name``: each brings the most values not met yet, until all are, or ``count``."""
    left = sorted(cases, key=lambda item: item.nodeid)
    random.Random(f"{seed}/{name}").shuffle(left)
    count = marker.kwargs.get("count")
    values = {id(item): list_values(item, marker.args) for item in left}
    missing, chosen = set().union(*values.values()), []
    while left and (not chosen or (missing if count is None else len(chosen) < count)):
        best = max(left, key=lambda item: len(values[id(item)] & missing))
        left.remove(best)
        chosen.append(best)
        missing -= values[id(best)]
    return chosen


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the seed does not choose, of those cases that the other options have left."""
    seed = config.getoption("--sample")
    if not seed or config.getoption("--last-failed"):  # what failed is run again whole
        return
    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if marker := item.get_closest_marker("sampled"):
            tests[marker.kwargs.get("of") or item.nodeid.partition("[")[0]].append(item)
    chosen: set[pytest.Item] = set()
    counts: dict[str, tuple[int, int]] = {}
    for name, cases in tests.items():
        marker = cases[0].get_closest_marker("sampled")
        assert marker
        kept = choose_cases(name, cases, marker, seed)
        chosen |= {*kept}
        counts[name] = len(kept), len(cases)
    left_out = {item for cases in tests.values() for item in cases} - chosen
    config.hook.pytest_deselected(items=[item for item in items if item in left_out])
    items[:] = [item for item in items if item not in left_out]
    config.stash[_COUNTS] = counts


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send the counts from a worker of xdist to the process that prints them."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[_SENT] = {name: list(pair) for name, pair in session.config.stash.get(_COUNTS, {}).items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Keep the counts of a worker: each of them collects the same."""
    sent = getattr(node, "workeroutput", {}).get(_SENT, {})
    node.config.stash[_COUNTS] = {name: (kept, every) for name, (kept, every) in sent.items()}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print how much was not run, so that nobody takes a part for all."""
    counts = config.stash.get(_COUNTS, {})
    if counts:
        kept, every = (sum(pair[n] for pair in counts.values()) for n in (0, 1))
        seed = config.getoption("--sample")
        terminalreporter.write_line(
            f"run in part by seed {seed}: {kept} of {every} cases of {len(counts)} tests; all of them: make test-cases"
        )
