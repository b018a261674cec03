"""Traces of the program: off unless the environment asks, and never the reason why a film is not made."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import ROOT

BRIEF = "2-second bumper for VoltCup, a self-heating mug. Order at voltcup.example"
FILM = ("make", BRIEF, "--model", "animatic", "--length", "2", "--short-side", "180", "--aspect", "9:16", "--yes")
AWAY = "http://127.0.0.1:9"
CODE = """
import sys
for name in MISSING:
    sys.modules[name] = None
from reelwright.cli.__main__ import main
sys.argv = ["reelwright", *sys.argv[1:]]
try:
    main()
finally:
    print("modules", sorted(name for name in sys.modules if name.startswith("opentelemetry")), file=sys.stderr)
"""


def run(home: Path, *typed: str, missing: tuple[str, ...] = (), **variables: str) -> tuple[str, str, str]:
    """Run the program; return both outputs, and what of OpenTelemetry it imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REELWRIGHT_", "OTEL_"))}
    env = {**kept, "REELWRIGHT_HOME": str(home), "PYTHONPATH": str(ROOT / "src"), **variables}
    code = CODE.replace("MISSING", repr(missing))
    ran = subprocess.run([sys.executable, "-c", code, *typed], env=env, capture_output=True, text=True, cwd=home.parent)
    assert ran.returncode == 0, ran.stderr
    said, _, modules = ran.stderr.rpartition("modules ")
    return ran.stdout, said, modules.strip()


def test_a_film_without_traces_imports_nothing_of_opentelemetry(tmp_path: Path) -> None:
    _, said, modules = run(tmp_path / "home", *FILM, OTEL_SERVICE_NAME="a name alone asks for nothing")
    assert modules == "[]" and "trace" not in said
    assert list(tmp_path.glob("*.mp4"))


@pytest.mark.parametrize(
    ("missing", "variables", "told"),
    [(("opentelemetry.sdk",), {"OTEL_EXPORTER_OTLP_ENDPOINT": AWAY}, "the optional package otel is not installed"),
     ((), {"OTEL_TRACES_EXPORTER": "jaeger"}, "'jaeger' is not accepted; accepted: otlp, console or none"),
     ((), {"OTEL_EXPORTER_OTLP_ENDPOINT": AWAY, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "accepted: http/protobuf"),
     ((), {"OTEL_TRACES_EXPORTER": "otlp", "OTEL_BSP_SCHEDULE_DELAY": "-1"}, "ValueError")],
    ids=["extra", "exporter", "protocol", "value"],
)  # fmt: skip
def test_traces_that_cannot_be_sent_are_one_sentence_and_the_verb_goes_on(
    tmp_path: Path, missing: tuple[str, ...], variables: dict[str, str], told: str
) -> None:
    out, said, _ = run(tmp_path / "home", "projects", "--json", missing=missing, **variables)
    assert json.loads(out)["projects"] == []
    first, *more = said.strip().splitlines()
    assert first.startswith("reelwright: no traces are sent: ") and told in first, said
    assert more == (["  pip install 'reelwright[otel]'"] if missing else [])


def test_spans_on_the_console_leave_standard_output_to_results(tmp_path: Path) -> None:
    out, said, modules = run(tmp_path / "home", *FILM, "--json", OTEL_TRACES_EXPORTER="console,none")
    assert json.loads(out) and '"name": "job.run"' in said and '"name": "step.run"' in said
    assert '"service.name": "reelwright"' in said and "otlp" not in modules


def test_a_collector_that_is_away_holds_up_the_end_of_a_program_for_three_seconds_and_its_log_is_ours(
    tmp_path: Path,
) -> None:
    code = (
        "import os, time\n"
        "from reelwright.cli.output.logs import set_up_logging\n"
        "from reelwright.net.redact import redact\n"
        "from reelwright.settings import load_settings\n"
        "from reelwright.tracing import start_tracing, stop_tracing, trace_span\n"
        "set_up_logging(load_settings())\n"
        "assert start_tracing(os.environ, redact) is None\n"
        "with trace_span('job.run', job='job_1'): pass\n"
        "began = time.monotonic()\n"
        "stop_tracing()\n"
        "print(time.monotonic() - began)\n"
    )
    env = {**os.environ, "OTEL_EXPORTER_OTLP_ENDPOINT": AWAY, "REELWRIGHT_LOG_FORMAT": "json",
           "REELWRIGHT_HOME": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 6, "a collector that answers nothing is given up"
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert lines and {one["level"] for one in lines} <= {"warning", "error"}
    assert all(one["logger"].startswith("opentelemetry") for one in lines)
