"""Engines on this machine: list, start and stop them, read their logs, and add models of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final, Literal

from reelwright.engines import gpus
from reelwright.engines.cards import EngineCard, load_engine_cards
from reelwright.engines.host import EngineHost
from reelwright.engines.launch import find_fault
from reelwright.engines.model_cards import ModelCard, get_models_folder, load_model_cards
from reelwright.engines.model_rows import register_rows
from reelwright.engines.run_record import RunRecord
from reelwright.engines.weights import write_model_card
from reelwright.errors import BadInput
from reelwright.net.redact import redact
from reelwright.studio.quotes import validation
from reelwright.studio.results.inventory import Check, Checkup, EngineList, EngineLog, EngineSummary, OwnModelSummary
from reelwright.studio.verbs.base import StudioBase

CheckState = Literal["good", "poor", "bad"]
_MOST_LINES: Final = 10_000
_SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - what engines share between their processes, as Linux has it


class Hosting(StudioBase):
    """The verbs for engines on this machine, and for the models of one's own that they run."""

    async def list_engines(self) -> EngineList:
        """List the engines that can run on this machine, and the models of one's own with the state of each."""
        host = EngineHost(self._settings)
        cards = load_engine_cards(self._settings.home)
        engines = tuple(self._describe_engine(name, card, host.python) for name, card in cards.items())
        return EngineList(engines=engines, models=tuple(self._describe_models(host)))

    def _describe_engine(self, name: str, card: EngineCard | BadInput, python: str) -> EngineSummary:
        if isinstance(card, BadInput):
            return EngineSummary(name=name, label="", licence="", fault=str(card))
        return EngineSummary(name=name, label=card.label, licence=card.licence, fault=find_fault(card, python))

    def _describe_models(self, host: EngineHost) -> list[OwnModelSummary]:
        home = self._settings.home
        faults = register_rows(home, only_commercial=self._settings.model_licences == "commercial")
        return [
            self._describe_model(host, name, card, faults.get(name)) for name, card in load_model_cards(home).items()
        ]

    def _describe_model(
        self, host: EngineHost, name: str, card: ModelCard | BadInput, fault: BadInput | None
    ) -> OwnModelSummary:
        path = str(get_models_folder(self._settings.home) / f"{name}.yaml")
        if isinstance(card, BadInput) or fault:
            engine = "" if isinstance(card, BadInput) else card.engine
            return OwnModelSummary(model=name, engine=engine, state="stopped", card=path, fault=str(fault or card))
        try:
            host.check(name)
        except BadInput as error:
            fault = error
        supervisor = host.get_supervisor(name)
        record = supervisor.read()
        idle_s = supervisor.files.compute_idle_s() if record else None
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
        host = EngineHost(self._settings)
        host.check(model)
        await host.get_supervisor(model).ensure_ready(keep=True)
        return self._get_model(host, model)

    async def stop_engine(self, model: str) -> OwnModelSummary:
        """Stop the engine of a model, if it runs. What it was computing is made again when it is needed."""
        host = EngineHost(self._settings)
        await host.get_supervisor(model).stop()
        return self._get_model(host, model)

    def _get_model(self, host: EngineHost, model: str) -> OwnModelSummary:
        return next(one for one in self._describe_models(host) if one.model == model)

    async def read_engine_log(self, model: str, *, lines: int = 40) -> EngineLog:
        """Read the last lines of the log of a model's engine, also of one that has ended. Secrets are removed."""
        validation.check_whole_number("lines", lines, 1, _MOST_LINES)
        files = EngineHost(self._settings).get_supervisor(model).files
        return EngineLog(model=model, path=str(files.log), text=redact(files.read_log(lines)))

    async def examine_engines(self) -> Checkup:
        """Check engines, models and GPUs of this machine. Starts nothing."""
        found = await self.list_engines()
        checks = [
            Check(name="gpus", state="good", message=gpus.describe_gpus(gpus.list_gpus())),
            _check_shared_memory(),
        ]
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
        home = self._settings.home
        if engine not in load_engine_cards(home):
            raise BadInput("engine", engine, f"one of {', '.join(load_engine_cards(home))}")
        card = write_model_card(
            home, place, name=name or place.expanduser().absolute().name.lower(), engine=engine, licence=licence,
            may_be_sold=commercial,
        )  # fmt: skip
        return self._get_model(EngineHost(self._settings), card.name)


def _get_state(record: RunRecord | None) -> Literal["stopped", "loading", "ready"]:
    if record is None:
        return "stopped"
    return "loading" if record.ready_s is None else "ready"


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
