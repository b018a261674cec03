"""kill -9 where the answer is the result itself: ElevenLabs over its fake's socket, whose history tells of a lost one.

What has operations is in ``test_matrix``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from crash.lives import ROOT
from reelwright.providers.fakes.bill import read_bill

NAME = "elevenlabs"
LABELS = ("C01", "C02", "C03", "C04", "C05", "C08", "C09", "C10", "C11", "C12", "C13", "C14")
"""Without C06 and C07: there is no operation to commit or to poll."""
ALWAYS = ("C04",)


def env_of(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REELWRIGHT_")}
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))
    return {
        **kept,
        "ELEVENLABS_API_KEY": "key-of-a-test",
        "PYTHONPATH": f"{paths}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }


@contextmanager
def fake(tmp_path: Path) -> Iterator[str]:
    """In a process of its own, which nobody kills; gives its address."""
    (tmp_path / "script.json").write_text(json.dumps({"latency_s": [0.3, 0.3]}))
    run = [sys.executable, "-m", "reelwright.providers.fakes", NAME, "--bill", str(tmp_path / "bill"), "--script",
           str(tmp_path / "script.json")]  # fmt: skip
    child = subprocess.Popen(run, env=env_of(tmp_path), stdout=subprocess.PIPE, text=True)
    assert child.stdout
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait(10)
        child.stdout.close()


def live(url: str, tmp_path: Path, **crash: str) -> dict[str, Any] | None:
    """Run to the end; None when it was killed on the way."""
    run = [sys.executable, "-m", "crash.inline_driver", str(tmp_path / "home"), NAME, url]
    done = subprocess.run(run, env={**env_of(tmp_path), **crash}, capture_output=True, text=True, timeout=100)
    if done.returncode == -9:
        return None
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "label", [pytest.param(one, marks=() if one in ALWAYS else pytest.mark.lane_crash, id=one) for one in LABELS]
)
def test_what_was_bought_before_the_crash_is_had_or_held_and_never_bought_again(label: str, tmp_path: Path) -> None:
    with fake(tmp_path) as url:
        assert live(url, tmp_path, REELWRIGHT_CRASH_AT=label) is None, f"{label} was not reached"
        end = live(url, tmp_path)
    assert end
    bill = read_bill(tmp_path / "bill") if (tmp_path / "bill").exists() else ()
    submissions = {charge.submission for charge in bill}
    [bought] = end["purchases"]
    assert len(submissions) <= 1, "bought twice"
    if bought["state"] == "settled":
        assert (end["job"], bought["settled"]) == ("done", sum(charge.micros for charge in bill))
        assert len(submissions) == 1
    else:
        assert (end["job"], bought["state"]) == ("waiting", "unknown"), end
        assert end["reason"]["code"] == "purchase_unknown"
        assert label not in ("C01", "C02", "C12", "C13", "C14"), f"at {label} it was known what became of it"


def test_a_life_that_nobody_disturbs_passes_every_label(tmp_path: Path) -> None:
    log = tmp_path / "labels"
    with fake(tmp_path) as url:
        end = live(url, tmp_path, REELWRIGHT_CRASH_LOG=str(log))
    assert end and end["job"] == "done"
    passed = log.read_text().split()
    assert set(LABELS) <= set(passed) and passed.count("C03") == passed.count("C04") == 1
