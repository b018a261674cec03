"""Modules that a verb of the command line imports when it first uses them, since --help imports every verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.first_use import import_on_first_use

if TYPE_CHECKING:
    import watchfiles
    from rich import cells, console, table, text

    from reelwright.agents import server as agent_server
    from reelwright.agents import wallet as agent_wallet
    from reelwright.catalogue import limits as catalogue_limits
    from reelwright.documents import read as script_reader
    from reelwright.documents import script
    from reelwright.documents import write as script_writer
    from reelwright.media.base import ffmpeg
    from reelwright.net import keys as key_files
    from reelwright.planner import drawable
    from reelwright.planner.screens import plan_script, wording
    from reelwright.providers.fakes import bill
    from reelwright.providers.fakes import lookup as fakes_lookup
    from reelwright.providers.fakes import script as fake_script
    from reelwright.providers.fakes import server as fake_server
    from reelwright.reel.base import document
    from reelwright.server import access as server_access
    from reelwright.server import serving
    from reelwright.studio import studio
    from reelwright.studio.accounts import api_keys, webhooks
    from reelwright.studio.batches import entries as batch_entries
    from reelwright.studio.edits import interruption
    from reelwright.studio.films import deliver, film_contact_sheet
    from reelwright.studio.machine import backup, doctor, old_settings, support_bundle, verification
    from reelwright.studio.models import keys as key_verbs
    from reelwright.studio.models import local_servers
    from reelwright.studio.money import error_result
    from reelwright.studio.quotes import consent, progress_bars, validation
    from reelwright.studio.results import inventory, result_schema, results, rows, spending_csv, spending_report
    from reelwright.studio.results import options as option_models
    from reelwright.studio.runtime import rehearsal, rehearsal_stage, rehearsed_projects
    from reelwright.studio.scripts import example, script_files
    from reelwright.web import all_pages
else:
    __getattr__ = import_on_first_use(
        __name__,
        {
            "agent_server": "reelwright.agents.server",
            "agent_wallet": "reelwright.agents.wallet",
            "all_pages": "reelwright.web.all_pages",
            "api_keys": "reelwright.studio.accounts.api_keys",
            "backup": "reelwright.studio.machine.backup",
            "batch_entries": "reelwright.studio.batches.entries",
            "bill": "reelwright.providers.fakes.bill",
            "catalogue_limits": "reelwright.catalogue.limits",
            "cells": "rich.cells",
            "consent": "reelwright.studio.quotes.consent",
            "console": "rich.console",
            "deliver": "reelwright.studio.films.deliver",
            "doctor": "reelwright.studio.machine.doctor",
            "document": "reelwright.reel.base.document",
            "drawable": "reelwright.planner.drawable",
            "error_result": "reelwright.studio.money.error_result",
            "example": "reelwright.studio.scripts.example",
            "fake_script": "reelwright.providers.fakes.script",
            "fake_server": "reelwright.providers.fakes.server",
            "fakes_lookup": "reelwright.providers.fakes.lookup",
            "ffmpeg": "reelwright.media.base.ffmpeg",
            "film_contact_sheet": "reelwright.studio.films.film_contact_sheet",
            "interruption": "reelwright.studio.edits.interruption",
            "inventory": "reelwright.studio.results.inventory",
            "key_files": "reelwright.net.keys",
            "key_verbs": "reelwright.studio.models.keys",
            "local_servers": "reelwright.studio.models.local_servers",
            "old_settings": "reelwright.studio.machine.old_settings",
            "option_models": "reelwright.studio.results.options",
            "plan_script": "reelwright.planner.screens.plan_script",
            "progress_bars": "reelwright.studio.quotes.progress_bars",
            "rehearsal": "reelwright.studio.runtime.rehearsal",
            "rehearsal_stage": "reelwright.studio.runtime.rehearsal_stage",
            "rehearsed_projects": "reelwright.studio.runtime.rehearsed_projects",
            "result_schema": "reelwright.studio.results.result_schema",
            "results": "reelwright.studio.results.results",
            "rows": "reelwright.studio.results.rows",
            "script": "reelwright.documents.script",
            "script_files": "reelwright.studio.scripts.script_files",
            "script_reader": "reelwright.documents.read",
            "script_writer": "reelwright.documents.write",
            "server_access": "reelwright.server.access",
            "serving": "reelwright.server.serving",
            "spending_csv": "reelwright.studio.results.spending_csv",
            "spending_report": "reelwright.studio.results.spending_report",
            "studio": "reelwright.studio.studio",
            "support_bundle": "reelwright.studio.machine.support_bundle",
            "table": "rich.table",
            "text": "rich.text",
            "validation": "reelwright.studio.quotes.validation",
            "verification": "reelwright.studio.machine.verification",
            "watchfiles": "watchfiles",
            "webhooks": "reelwright.studio.accounts.webhooks",
            "wording": "reelwright.planner.screens.wording",
        },
    )
