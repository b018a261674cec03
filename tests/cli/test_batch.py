"""``reelwright batch``: the price first, then every row, through a fake provider in a process of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from cli.conftest import Run
from reelwright.providers.fakes.bill import read_bill

MODEL = "openrouter-veo-3.1-lite"
ROWS = "- a cat\n- a dog\n- prompt: a heron\n  seconds: 4\n"


@pytest.fixture
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fake OpenRouter that outlives who buys from it. Its parameter: what its script says beside."""
    (tmp_path / "script.json").write_text(json.dumps({"latency_s": [0, 0], **getattr(request, "param", {})}))
    command = [sys.executable, "-m", "reelwright.providers.fakes", "openrouter", "--bill", str(tmp_path / "bill")]
    command += ["--script", str(tmp_path / "script.json"), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert found
    yield found.group()
    server.terminate()
    server.wait(10)
    server.stdout.close()


@pytest.fixture
def run(reelwright: Run, tmp_path: Path, fake: str) -> Run:
    """Types ``batch`` with the rows of ``tmp_path``, and more."""
    told = {"REELWRIGHT_HOME": str(tmp_path / "home"), "REELWRIGHT_OPENROUTER_BASE_URL": fake}
    return partial(reelwright, "batch", str(tmp_path / "rows.yaml"), **told, OPENROUTER_API_KEY="sk-or-canary")


def program(tmp_path: Path, fake: str, crash: str = "", budget: str = "") -> subprocess.CompletedProcess[str]:
    """The same batch from Python, through a provider whose clock runs fast."""
    roots = [str(Path(__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(roots), "REELWRIGHT_CRASH_AT": crash}
    env |= {"OPENROUTER_API_KEY": "sk-or-canary"}
    command = [sys.executable, str(Path(__file__).with_name("rows_program.py")), str(tmp_path), fake]
    command += [budget] if budget else []
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=90)


@pytest.mark.parametrize("crash", ["C06:2", "C12:3"])  # where no other row is being sent
def test_a_batch_that_was_killed_goes_on_and_is_billed_once(run: Run, tmp_path: Path, fake: str, crash: str):
    (tmp_path / "rows.yaml").write_text(ROWS)
    assert program(tmp_path, fake, crash).returncode == -signal.SIGKILL
    again = program(tmp_path, fake)
    assert again.returncode == 0, again.stdout + again.stderr
    made = json.loads(again.stdout)
    assert made["done_rows"] == 3 and all(Path(row["path"]).is_file() for row in made["rows"])
    charges = read_bill(tmp_path / "bill")
    assert len(charges) == 3 and made["usd"] == f"{sum(one.micros for one in charges) / 1e6:.2f}"
    told = ["--model", MODEL, "--out", str(tmp_path / "out"), "--yes", "--accept-unconfirmed"]
    third = run(*told)
    assert third.code == 0 and "3 of 3 done (3 up to date)" in third.out
    assert "canary" not in again.stdout + again.stderr + third.out + third.err


@pytest.mark.parametrize("fake", [{"bills": [5]}], indirect=True)
def test_the_budget_of_a_batch_holds_against_the_bill_and_stops_with_5(run: Run, tmp_path: Path):
    rows = "".join(f"- prompt: clip {n}\n  seconds: 4\n" for n in range(1, 7))
    (tmp_path / "rows.yaml").write_text(rows)
    told = ["--model", MODEL, "-c", "1", "--out", str(tmp_path / "out"), "--accept-unconfirmed", "--json"]
    quoted = run("--model", MODEL, "--quote", "--json").json
    ran = run(*told, "--budget", quoted["usd"])
    charges = read_bill(tmp_path / "bill")
    assert ran.code == 5 and len(charges) == 1, ran.out + ran.err
    assert sum(one.micros for one in charges) <= round(float(quoted["usd"]) * 1e6)
    made = ran.json
    waits = [row for row in made["rows"] if row["state"] == "waiting"]
    assert len(waits) == 5 and {row["wait_reason"] for row in waits} == {"budget"}
    named = waits[0]["reason"]["params"]["bill"]
    (done,) = [row["n"] for row in made["rows"] if row["state"] == "done"]
    assert named["code"] == "row_billed_above_quote" and named["params"]["row"] == done
    assert named["params"]["billed_micros"] == charges[0].micros > named["params"]["quoted_micros"]
    again = run(*told[:-1], "--budget", quoted["usd"])
    assert "run the same command again; its --budget may then be spent once more, in addition" in again.out, again.out
    assert "reelwright spend budget" not in again.out


def test_a_batch_that_the_accounts_budget_stops_is_not_told_to_spend_its_own_once_more(
    run: Run, reelwright: Run, tmp_path: Path
):
    (tmp_path / "rows.yaml").write_text("- prompt: clip 1\n  seconds: 4\n- prompt: clip 2\n  seconds: 4\n")
    home = {"REELWRIGHT_HOME": str(tmp_path / "home")}
    assert reelwright("spend", "budget", "set", "account", "--usd", "0.25", **home).code == 0
    ran = run("--model", MODEL, "-c", "1", "--out", str(tmp_path / "out"), "--accept-unconfirmed", "--budget", "5")
    assert ran.code == 5 and "1 of 2 done" in ran.out, ran.out + ran.err
    assert "raise the budget: reelwright spend budget set" in ran.out + ran.err, ran.out + ran.err
    assert "run the same command again\n" in ran.out, ran.out


@pytest.mark.parametrize("fake", [{"bills": [5]}], indirect=True)
def test_the_budget_of_a_batch_that_was_killed_and_is_run_again_is_the_same_allowance(
    run: Run, tmp_path: Path, fake: str
):
    """Two of six rows fit at the price that is billed. The second is killed as it lands: the next run buys no third."""
    rows = "".join(f"- prompt: clip {n}\n  seconds: 4\n" for n in range(1, 7))
    (tmp_path / "rows.yaml").write_text(rows)
    quoted = run("--model", MODEL, "--quote", "--json").json
    budget = round(float(quoted["usd"]) * 1e6) * 2
    assert program(tmp_path, fake, "C12:2", f"{budget / 1e6:.6f}").returncode == -signal.SIGKILL
    again = program(tmp_path, fake, "", f"{budget / 1e6:.6f}")
    assert again.returncode == 0, again.stdout + again.stderr
    charges = read_bill(tmp_path / "bill")
    made = json.loads(again.stdout)
    assert len(charges) == 2 and sum(one.micros for one in charges) <= budget, made
    assert made["done_rows"] == 2
    waits = [row for row in made["rows"] if row["state"] == "waiting"]
    assert len(waits) == 4 and {row["wait_reason"] for row in waits} == {"budget"}


def test_a_batch_stops_at_its_price_and_says_which_row_cannot_be(run: Run, tmp_path: Path):
    (tmp_path / "rows.yaml").write_text(ROWS)
    stopped = run("--model", MODEL)
    assert stopped.code == 3 and "0 up to date, 3 to make" in stopped.out
    quoted = run("--model", MODEL, "--quote", "--json").json
    assert quoted["wanted_rows"] == 3 and not (tmp_path / "home").exists()
    over = run("--model", MODEL, "--budget", "0.01", "--accept-unconfirmed")
    assert over.code == 5 and "budget" in over.err
    (tmp_path / "rows.yaml").write_text("- prompt: a cat\n  seconds: 99\n  model: openrouter-veo-3.1-lite\n")
    bad = run("--yes")
    assert bad.code == 2 and "row 1: seconds" in bad.err
    assert not (tmp_path / "bill").exists() or not read_bill(tmp_path / "bill")
