"""Planning and quoting before there is a project. Nothing is written, and nothing is spent."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Unpack, cast

from reelwright.net.keys import Keys
from reelwright.planner.pacing import measure_pacing
from reelwright.reel.film.brief import Brief
from reelwright.studio.films import summaries
from reelwright.studio.films.new_project import plan_by_rules
from reelwright.studio.models import local_servers, model_list, voices
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.film_budget import apply_own_budget
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.quotes.quote_warnings import list_retirements
from reelwright.studio.results.inventory import (
    FlavorSummary,
    LocalModels,
    LookSummary,
    ModelDetails,
    MoodSummary,
    PresetSummary,
    VoiceList,
)
from reelwright.studio.results.options import FilmOptions, PlanOptions, QuoteOptions
from reelwright.studio.results.results import PlanResult, ProjectQuote
from reelwright.studio.results.verb_options import BriefOptions, PlanKeywords, QuoteKeywords
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts import looks
from reelwright.studio.scripts import moods as film_moods
from reelwright.studio.scripts.briefing import build_brief
from reelwright.studio.verbs.base import StudioBase
from reelwright.units import Aspect


class Planning(StudioBase):
    """The verbs that plan and quote before there is a project. Nothing is written, and nothing is spent."""

    async def plan(self, brief: str | Brief | None = None, **options: Unpack[PlanKeywords]) -> PlanResult:
        """Return the plan that the rules make of a brief, or that a ``script`` contains. Writes and spends nothing.

        The result also says how the brief was understood.
        """
        given = PlanOptions.parse(options)
        film_options = cast(BriefOptions, given.get_given(FilmOptions.model_fields))
        with open_scratch_folder() as folder:
            if given.script is not None or brief is None:
                request = await self._build_request(
                    brief, given.script, "film", None, film_options, folder, again=False
                )
                return PlanResult(
                    plan=request.plan, interpretation={}, notes=(*request.notes, *list_retirements(request.plan))
                )
            made, taken = await build_brief(
                brief, film_options, folder, self._settings, brand=await self._read_home_brand()
            )
        planned = await asyncio.to_thread(plan_by_rules, made)

        notes = (*taken.notes, *planned.notes, *list_retirements(planned.plan))
        return planned.replace(notes=notes, pacing=measure_pacing(planned.plan))

    async def quote(
        self,
        brief: str | Brief | None = None,
        *,
        listen: Listen | None = None,
        **options: Unpack[QuoteKeywords],
    ) -> ProjectQuote:
        """Quote what ``make`` would buy, shot by shot, without what exists already. Writes and spends nothing.

        A pending cancel of the same film is carried out first.
        """
        given = QuoteOptions.parse(options)
        film_options = cast(BriefOptions, given.get_given(FilmOptions.model_fields))
        with open_scratch_folder() as folder:
            request = await self._build_request(
                brief, given.script, given.goal, given.plan, film_options, folder, again=given.again
            )
        quote = await self._quote_request(request, again=given.again, new=given.new, listen=listen)
        return apply_own_budget(quote, request.command.brief)

    async def list_flavors(self) -> tuple[FlavorSummary, ...]:
        """List the packaged flavors and those in the home, sorted by name; a broken one has its error in ``fault``."""
        return await asyncio.to_thread(summaries.list_flavors, self._settings.flavors)

    async def list_looks(self) -> tuple[LookSummary, ...]:
        """List every look that films can be drawn in, sorted by name, each with its colours; also those in the home, a
        broken one with its error in ``fault``.
        """
        return await asyncio.to_thread(looks.list_looks, self._settings.looks)

    async def draw_look_sheet(
        self, look: str, *, aspect: Aspect = "16:9", image: str | Path | None = None, accent: str | None = None
    ) -> bytes:
        """Draw every beat in a look with sample words, and return the JPEG. ``image``: a picture that its shots show.

        Writes and spends nothing. Raises ``BadInput``.
        """
        checked = validation.check_aspect(aspect) or "16:9"
        return await looks.draw_sheet(look, checked, image, validation.check_accent(accent), self._settings)

    async def try_looks(self, script: str | Path, *, shot: int | None = None, aspect: Aspect | None = None) -> bytes:
        """Draw one shot of a script in every look, and return the JPEG. ``shot``: its number; None: the first.

        Writes and spends nothing. Raises ``BadInput``, also for a shot that shows no words of its own.
        """
        return await looks.try_looks(script, shot, validation.check_aspect(aspect), self._settings)

    async def list_presets(self) -> tuple[PresetSummary, ...]:
        """List the delivery presets: what a film can be made for, with its frame, longest film, loudness and date."""
        return await asyncio.to_thread(summaries.list_presets)

    async def list_moods(self) -> tuple[MoodSummary, ...]:
        """List every mood of the music that Reelwright composes, with its tempo and what it is good for."""
        return film_moods.list_moods()

    async def try_moods(self, *moods: str, script: str | Path | None = None) -> dict[str, bytes]:
        """Compose about eight seconds in each of ``moods``, or in all, and return the M4A files by mood.

        ``script``: its film's own key, chords and instruments are heard. Writes and spends nothing. Raises
        ``BadInput``.
        """
        return await film_moods.try_moods(moods, script, self._settings)

    async def list_voices(self) -> VoiceList:
        """Fetch the list of voices from every provider whose key was found. Spends nothing.

        Raises ``Unreachable`` and ``Refused`` if a provider does not answer.
        """
        return await voices.list_voices((await self.open_runtime()).providers)

    async def read_voice_sample(self, provider: str, voice: str) -> bytes:
        """Fetch the sample of a voice, or have it spoken here, by the id that ``list_voices`` has. Spends nothing.

        Raises ``NotFound`` for a voice without a sample, ``Unreachable`` and ``Refused``.
        """
        return await voices.read_sample((await self.open_runtime()).get_home(), provider, voice)

    async def list_models(
        self,
        *,
        can: str | None = None,
        kind: str | None = None,
        provider: str | None = None,
        key: bool = False,
        include_retired: bool = False,
    ) -> tuple[ModelDetails, ...]:
        """List the AI models of the catalogue that pass every filter, with prices and dates. Sends nothing.

        ``can``: a mode. ``key``: only those whose key was found, or that need none.
        """
        keys = Keys(self._settings)
        return await asyncio.to_thread(
            model_list.list_models,
            keys,
            can=can,
            kind=kind,
            provider=provider,
            needs_key=key,
            wants_retired=include_retired,
        )

    async def list_local_models(self) -> tuple[LocalModels, ...]:
        """List the language models of Ollama and LM Studio servers that answer on this machine."""
        return await local_servers.list_local_models(self._settings)

    async def suggest_planner(self, brief: str, language: str | None = None) -> str:
        """Return the best local model as a ``planner`` value if it would write more than is read in the brief, else
        empty text: it holds fewer than three facts, or less than half of it is used.

        Waits at most 50 ms for a server, and sends no request to a model. A rehearsal suggests nothing.
        """
        if self._tempo and self._tempo.is_rehearsal:
            return ""

        return await local_servers.suggest_planner(brief, language, self._settings)

    async def describe_model(self, name: str) -> ModelDetails:
        """Return all that the catalogue has on one AI model, also a retired one, by id or alias."""
        return await asyncio.to_thread(model_list.describe_model, Keys(self._settings), name)
