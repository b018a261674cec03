"""The verb ``verify`` as a person runs it: a price, what happened, a report, and never more than was allowed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

CANARY = "canary-verb-7391-in-the-mine"


@pytest.fixture
def fake(env, tmp_path: Path) -> Iterator[str]:
    """OpenRouter's fake in a process of its own; gives its address."""
    (tmp_path / "script.json").write_text(json.dumps({"latency_s": [0, 0]}))
    run = [sys.executable, "-m", "reelwright.providers.fakes", "openrouter", "--script", str(tmp_path / "script.json")]
    child = subprocess.Popen(run, env=env, stdout=subprocess.PIPE, text=True)
    assert child.stdout
    yield child.stdout.readline().strip()
    child.kill()
    child.wait(10)
    child.stdout.close()


def test_it_buys_once_and_says_what_it_met(reelwright, fake: str, tmp_path: Path) -> None:
    keys = {"OPENROUTER_API_KEY": CANARY, "REELWRIGHT_OPENROUTER_BASE_URL": fake}
    report = tmp_path / "report.json"
    over = reelwright("verify", "openrouter", "--max-usd", "0.001", "--out", str(report), **keys)
    assert over.code == 5 and "nothing was sent" in over.err and not report.exists()
    ran = reelwright("verify", "openrouter", "--max-usd", "0.50", "--out", str(report), **keys)
    assert ran.code == 0, ran.err
    assert "at most $" in ran.out and "status=completed" in ran.out and "this machine" in ran.out
    told = json.loads(report.read_text())
    assert told["place"] == "this machine" and told["state"] == "settled" and told["outputs"]
    assert CANARY not in ran.out + ran.err + report.read_text()


@pytest.mark.parametrize(
    ("args", "code"),
    [(("openrouter",), 2), (("openrouter", "--max-usd", "much"), 2), (("openrouter", "--max-usd", "-1"), 2),
     (("nobody", "--max-usd", "1"), 2), (("openrouter", "--max-usd", "1"), 2),
     (("openrouter", "--max-usd", "1", "--model", "hailuo_fast"), 2)],
)  # fmt: skip
def test_what_cannot_be_is_one_object_and_nothing_is_written(reelwright, home: Path, args, code: int) -> None:
    ran = reelwright("verify", *args, "--json")
    assert ran.code == code and ran.json["error"]["message"] and not home.exists(), ran.err
