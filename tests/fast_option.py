"""``--fast`` leaves out the slowest twentieth of the tests, by the seconds that earlier runs took here.

The seconds stand in pytest's cache, so nobody keeps a list. A test that has not run here yet is run.
"""

from __future__ import annotations

from typing import Final

import pytest

_KEY: Final = "reelwright/seconds"
_SHARE: Final = 0.05
_TOOK: Final[dict[str, float]] = {}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="leave out the slowest twentieth of the tests")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _TOOK[report.nodeid] = _TOOK.get(report.nodeid, 0.0) + report.duration


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--fast"):
        return
    cache = getattr(config, "cache", None)  # not there without pytest's cacheprovider
    known = cache.get(_KEY, {}) if cache else {}
    ranked = sorted(items, key=lambda item: known.get(item.nodeid, 0.0), reverse=True)
    slowest = {item for item in ranked[: int(len(items) * _SHARE)] if item.nodeid in known}
    config.hook.pytest_deselected(items=[item for item in items if item in slowest])
    items[:] = [item for item in items if item not in slowest]


def pytest_sessionfinish(session: pytest.Session) -> None:
    cache = getattr(session.config, "cache", None)
    if not hasattr(session.config, "workerinput") and cache:
        seconds = {name: round(took, 3) for name, took in _TOOK.items()}
        cache.set(_KEY, {**cache.get(_KEY, {}), **seconds})
