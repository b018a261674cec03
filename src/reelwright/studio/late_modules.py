"""Modules of other rooms that the studio imports when a verb first uses them: most verbs plan and download nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.first_use import import_on_first_use

if TYPE_CHECKING:
    import yaml
    from PIL import Image
    from rich import console, progress

    from reelwright.catalogue import film as film_prices
    from reelwright.documents import read as script_reader
    from reelwright.documents import write as script_writer
    from reelwright.engine.purchases import decide as decisions
    from reelwright.engine.purchases import operations
    from reelwright.engine.scheduler import director
    from reelwright.engines import cards as engine_cards
    from reelwright.engines import (
        download,
        gpus,
        host,
        launch,
        model_cards,
        model_rows,
        run_record,
        voice_weights,
        weights,
    )
    from reelwright.engines import wait_reasons as engine_delays
    from reelwright.media.animatic import look_sheet
    from reelwright.media.base import sniff
    from reelwright.media.pictures import decoding, guarded_intake
    from reelwright.media.rehearsal import footage
    from reelwright.media.sound import bed, mix
    from reelwright.media.sound import moods as sound_moods
    from reelwright.media.video import marking
    from reelwright.net import exchange, google_token, http, ray_cluster, webhook_sender
    from reelwright.planner import archetypes, brand_choice, drawable, flavors, rules, unused
    from reelwright.planner.casting import (
        budget,
        cast,
        clip,
        drawn_to_model,
        exclusion_warnings,
        kept_prompts,
        own_stills,
        recast,
        terms,
        voices,
    )
    from reelwright.planner.certain import description
    from reelwright.planner.certain import values as contacts
    from reelwright.planner.edits import arranging, captioning, carrying, edit, relengthening, resizing, rewording
    from reelwright.planner.extract import language
    from reelwright.planner.plan_file import read as plan_reader
    from reelwright.planner.reading import draft
    from reelwright.planner.reading import read as brief_reader
    from reelwright.planner.screens import comment_cast, comparison, end_card_edit, plan_script
    from reelwright.planner.screens import film as script_film
    from reelwright.planner.writing import writer
    from reelwright.providers import local_text
    from reelwright.providers.wires import local_chat
    from reelwright.store import reconciliation
    from reelwright.store.database import database
    from reelwright.store.limits import payers
    from reelwright.store.purchases import listed_work
    from reelwright.store.schema import rows
else:
    __getattr__ = import_on_first_use(
        __name__,
        {
            "Image": "PIL.Image",
            "archetypes": "reelwright.planner.archetypes",
            "arranging": "reelwright.planner.edits.arranging",
            "bed": "reelwright.media.sound.bed",
            "brand_choice": "reelwright.planner.brand_choice",
            "brief_reader": "reelwright.planner.reading.read",
            "budget": "reelwright.planner.casting.budget",
            "captioning": "reelwright.planner.edits.captioning",
            "carrying": "reelwright.planner.edits.carrying",
            "cast": "reelwright.planner.casting.cast",
            "clip": "reelwright.planner.casting.clip",
            "comment_cast": "reelwright.planner.screens.comment_cast",
            "comparison": "reelwright.planner.screens.comparison",
            "console": "rich.console",
            "contacts": "reelwright.planner.certain.values",
            "database": "reelwright.store.database.database",
            "decisions": "reelwright.engine.purchases.decide",
            "decoding": "reelwright.media.pictures.decoding",
            "description": "reelwright.planner.certain.description",
            "director": "reelwright.engine.scheduler.director",
            "download": "reelwright.engines.download",
            "draft": "reelwright.planner.reading.draft",
            "drawable": "reelwright.planner.drawable",
            "drawn_to_model": "reelwright.planner.casting.drawn_to_model",
            "edit": "reelwright.planner.edits.edit",
            "end_card_edit": "reelwright.planner.screens.end_card_edit",
            "engine_cards": "reelwright.engines.cards",
            "engine_delays": "reelwright.engines.wait_reasons",
            "exchange": "reelwright.net.exchange",
            "exclusion_warnings": "reelwright.planner.casting.exclusion_warnings",
            "film_prices": "reelwright.catalogue.film",
            "flavors": "reelwright.planner.flavors",
            "footage": "reelwright.media.rehearsal.footage",
            "google_token": "reelwright.net.google_token",
            "gpus": "reelwright.engines.gpus",
            "guarded_intake": "reelwright.media.pictures.guarded_intake",
            "host": "reelwright.engines.host",
            "http": "reelwright.net.http",
            "kept_prompts": "reelwright.planner.casting.kept_prompts",
            "language": "reelwright.planner.extract.language",
            "launch": "reelwright.engines.launch",
            "listed_work": "reelwright.store.purchases.listed_work",
            "local_chat": "reelwright.providers.wires.local_chat",
            "local_text": "reelwright.providers.local_text",
            "look_sheet": "reelwright.media.animatic.look_sheet",
            "marking": "reelwright.media.video.marking",
            "mix": "reelwright.media.sound.mix",
            "model_cards": "reelwright.engines.model_cards",
            "model_rows": "reelwright.engines.model_rows",
            "operations": "reelwright.engine.purchases.operations",
            "own_stills": "reelwright.planner.casting.own_stills",
            "payers": "reelwright.store.limits.payers",
            "plan_reader": "reelwright.planner.plan_file.read",
            "plan_script": "reelwright.planner.screens.plan_script",
            "progress": "rich.progress",
            "ray_cluster": "reelwright.net.ray_cluster",
            "recast": "reelwright.planner.casting.recast",
            "reconciliation": "reelwright.store.reconciliation",
            "relengthening": "reelwright.planner.edits.relengthening",
            "resizing": "reelwright.planner.edits.resizing",
            "rewording": "reelwright.planner.edits.rewording",
            "rows": "reelwright.store.schema.rows",
            "rules": "reelwright.planner.rules",
            "run_record": "reelwright.engines.run_record",
            "script_film": "reelwright.planner.screens.film",
            "script_reader": "reelwright.documents.read",
            "script_writer": "reelwright.documents.write",
            "sniff": "reelwright.media.base.sniff",
            "sound_moods": "reelwright.media.sound.moods",
            "terms": "reelwright.planner.casting.terms",
            "unused": "reelwright.planner.unused",
            "voice_weights": "reelwright.engines.voice_weights",
            "voices": "reelwright.planner.casting.voices",
            "webhook_sender": "reelwright.net.webhook_sender",
            "weights": "reelwright.engines.weights",
            "writer": "reelwright.planner.writing.writer",
            "yaml": "yaml",
        },
    )
