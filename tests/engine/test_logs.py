"""Logging: one record for each change that the journal records, with its fields; leases besides."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import Any

import pytest

from engine.paper import Paper
from engine.rig import ACCOUNT
from reelwright.cli.output.logs import set_up_logging
from reelwright.net.redact import remember_secret
from reelwright.settings import Settings


def fields_of(records: list[logging.LogRecord]) -> list[dict[str, Any]]:
    return [vars(record)["fields"] for record in records if "fields" in vars(record)]


async def test_every_event_of_the_journal_is_logged_once_and_nothing_else_is(rigged, tmp_path, caplog):
    caplog.set_level(logging.DEBUG, logger="reelwright")
    rig = rigged(paid=Paper(tmp_path / "paper"))
    project = (await rig.make("a b", models=("paper/1",), usd=100)).project
    events = Counter((one.kind, one.job) for one in await rig.journal.list_events(ACCOUNT, 0, project))
    logged = Counter(
        (one["event"], one.get("job")) for one in fields_of(caplog.records)
        if one["project"] == project and not one["event"].startswith("lease.")
    )  # fmt: skip
    assert logged == events and sum(events.values()) > 10
    bought = next(one for one in fields_of(caplog.records) if one["event"] == "purchase.submitted")
    assert bought["purchase"].startswith("purchase_") and bought["step"].startswith("take/") and bought["job"]
    leases = [one["event"] for one in fields_of(caplog.records) if one["event"].startswith("lease.")]
    assert leases == ["lease.claimed", "lease.released"]


async def test_a_refusal_is_logged_as_a_warning_with_its_code(rigged, tmp_path, caplog):
    caplog.set_level(logging.INFO, logger="reelwright")
    rig = rigged(paid=Paper(tmp_path / "paper", certainty="unconfirmed"))
    await rig.make("a", models=("paper/1",), usd=100)
    (waits,) = [one for one in fields_of(caplog.records) if one["event"] == "job.waiting"]
    assert waits["reason"] == "price_unconfirmed"


@pytest.fixture
def restored():
    loggers = [logging.getLogger(name) for name in ("reelwright", "uvicorn", "asyncio")]
    before = [(logger.level, logger.propagate, list(logger.handlers)) for logger in loggers]
    yield loggers[0]
    for logger, kept in zip(loggers, before, strict=True):
        logger.level, logger.propagate, logger.handlers = kept


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_program_logs_to_standard_error_without_secrets(restored, tmp_path, capsys, form):
    remember_secret("canary-sparrow-7391")
    set_up_logging(Settings(home=tmp_path, log_level="info", log_format=form))
    fields = {"event": "job.done", "job": "job_1"}
    restored.info("done with canary-sparrow-7391", extra={"fields": fields})
    restored.debug("not shown")
    shown = capsys.readouterr()
    assert shown.out == "" and "canary" not in shown.err and shown.err.count("\n") == 1
    if form == "json":
        line = json.loads(shown.err)
        assert line | fields == line and line["level"] == "info" and line["at"].endswith("+00:00")


def test_a_level_or_format_that_does_not_exist_is_refused_by_name(restored, tmp_path):
    from reelwright.errors import BadInput
    from reelwright.settings import load_settings

    for name, value in (("log_level", "loud"), ("log_format", "xml")):
        with pytest.raises(BadInput) as refused:
            set_up_logging(load_settings({}, home=tmp_path, **{name: value}))
        assert refused.value.field == name


@pytest.mark.parametrize("level", ["", "error"])
def test_warnings_of_the_web_server_are_in_the_format_of_ours(restored, tmp_path, capsys, level):
    """Also where nothing of ours is logged: a reader of JSON lines fails at the first line that is none."""
    set_up_logging(Settings(home=tmp_path, log_level=level, log_format="json"))
    logging.getLogger("uvicorn.error").error("Invalid HTTP request received.")
    logging.getLogger("asyncio").error("Task exception was never retrieved")
    logging.getLogger("uvicorn.error").info("Started server process")
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(one["logger"], one["level"]) for one in said] == [("uvicorn.error", "error"), ("asyncio", "error")]
