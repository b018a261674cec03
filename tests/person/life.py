"""One thing that a person does, in a process of its own: a verb of the studio, perhaps with an accident at a place.

Forked by ``crash.forked``. The only argument is an ``Act`` as JSON; what came of it is printed as JSON.
"""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any, Literal

import statements
from hurry import LOOKS, set_constants
from person.clocks import set_clock
from person.sellers import SELLERS, Shop
from reelwright.errors import ReelwrightError
from reelwright.providers.offline import Offline
from reelwright.reel.base import crashpoints
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from reelwright.studio.sync_studio import Studio

ARRIVES_S = 0.6
"""Seconds after which nothing of a killed sender's can arrive on loopback; 165 s on a real way, which tests would wait
for. Senders are killed here, never stopped."""
WAITS: Mapping[str, Mapping[str, Any]] = {
    **LOOKS,
    "reelwright.engine.purchases.gate": {"SEND_ON_ITS_WAY_S": ARRIVES_S - 15.0, "SEND_AGAIN_WAITS_S": (0.05,) * 3},
    "reelwright.studio.quotes.tempo": {"MIN_REHEARSED_WAIT_S": 0.01},
    "reelwright.engine.steps.durability": {"WRITE_RETRY_WAITS_S": (0.05, 0.1, 0.2)},
}
_ROOMS = ("catalogue", "engine", "net", "store", "studio")


def warm_up() -> None:
    """Import and read, once and before anybody is forked, all that every act needs."""
    for room in _ROOMS:
        package = import_module(f"reelwright.{room}")
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(("__main__", "ray")) and ".migrations." not in found.name:
                import_module(found.name)
    for name in (
        "alembic.command",
        "anyio._backends._asyncio",
        "av",
        "psycopg",
        "pydantic.type_adapter",
        "pydantic.main",
    ):
        import_module(name)
    statements.share()
    with TemporaryDirectory() as folder:
        plan = Path(folder) / "plan.yaml"
        plan.write_text(plan_of("warm", ("Steam rises", "Ice melts")))
        asked = {"plan": plan, "goal": "takes", "models": (SELLERS["none"].model,), "continuity": "loose"}
        with Studio(Settings(home=Path(folder) / "home")) as studio:
            studio.quote("A film called warm", **asked)
            studio.quote_clip("Steam rises", model=SELLERS["none"].model)
            studio.make("A film called warm", plan=plan, goal="takes")  # drawn here: every act has its statements then
            studio.list_jobs()
            studio.show_spending()
        _buy_one(Path(folder))
    gc.collect()


def _buy_one(folder: Path) -> None:
    """Buy a clip of a shop that is closed again: half of what a first purchase costs is made once in a process."""
    shop = Shop(SELLERS["none"], folder / "bill.jsonl")
    try:
        terms = {"prompt": "Steam rises", "out": str(folder / "out")}
        act = Act("clip", str(folder / "bought"), "", "none", shop.url, terms)
        ended = asyncio.run(_done(act))
        assert ended["state"] == "done", ended
    finally:
        shop.close()


DELIVERY, ALONE = "delivery", "alone"
Accident = Literal["", "kill", "fill", "jump"]


@dataclass(frozen=True)
class Act:
    """``verb`` with ``args``. ``accident`` at ``place``: the process is killed, the disk fills, or the clock jumps by
    ``jump_s``. A place is a label and a visit (``C05:1``), or ``delivery``: before the first file in ``out`` is opened.
    ``clock_s``: how far the machine's clock is off.

    ``asked``: the file to which prompts are appended that the verb is about to ask for, where only the studio can say.
    """

    verb: str
    home: str
    database: str
    seller: str
    url: str
    args: Mapping[str, Any] = field(default_factory=dict)
    accident: Accident = ""
    place: str = ""
    clock_s: float = 0.0
    jump_s: float = 0.0
    asked: str = ""
    ballast: str = ""

    def to_json(self) -> str:
        return json.dumps(asdict(self))


PLAN = 'title: {title}\naspect: "9:16"\nshort_side: 180\nbeats:\n{beats}'
BEAT = "  - beat: {beat}\n    shots:\n      - {{seconds: 2, words: {title}, prompt: {shot}}}\n"


def plan_of(title: str, shots: Sequence[str]) -> str:
    """A plan in the short form: a beat for each shot, so that each is bought by itself."""
    beats = zip(("hook", "demo", "proof"), shots, strict=False)
    return PLAN.format(title=title, beats="".join(BEAT.format(beat=b, title=title, shot=s) for b, s in beats))


def live() -> None:
    """Do the one act of the arguments."""
    act = Act(**json.loads(sys.argv[1]))
    set_constants(WAITS)
    if act.clock_s or act.jump_s:
        set_clock(act.clock_s)
    _expect(act)
    if act.verb == "cli":
        _type(act)
    print(json.dumps(asyncio.run(_done(act))))


def _type(act: Act) -> None:
    """The command line itself, with ``argv`` as typed; its outputs and its exit code are those of this process."""
    from reelwright.cli.app import main

    Tempo.__init__.__kwdefaults__["speed"] = 1000.0
    sys.argv = ["reelwright", *act.args["argv"]]
    main()


def _expect(act: Act) -> None:
    """Let the accident happen at its place: a crash point kills, and so may do anything else there."""
    crashpoints.arm()
    happens: Mapping[str, Callable[[], None]] = {
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "fill": lambda: fill(Path(act.ballast)),
        "jump": lambda: set_clock(act.clock_s + act.jump_s),
    }
    if not act.accident:
        return
    if act.place == DELIVERY:
        sys.addaudithook(_before_opening(str(act.args["out"]), happens[act.accident]))
    else:
        crashpoints._die = lambda parent: happens[act.accident]()


def _before_opening(folder: str, happen: Callable[[], None]) -> Callable[[str, tuple[Any, ...]], None]:
    """An audit hook that lets it happen once, before a file in ``folder`` is opened."""
    waits = [True]

    def hear(event: str, args: tuple[Any, ...]) -> None:
        if event == "open" and waits and isinstance(args[0], str | Path) and str(args[0]).startswith(folder):
            waits.clear()
            happen()

    return hear


def fill(ballast: Path) -> None:
    """Take all that is left of the disk on which ``ballast`` lies."""
    with ballast.open("ab", buffering=0) as file:
        left = shutil.disk_usage(ballast.parent).free
        while left > 0:
            try:
                left -= file.write(b"\0" * min(left, 1 << 20))
            except OSError:
                return


async def _done(act: Act) -> dict[str, Any]:
    """What came of it. An error in plain words is an answer; anything else is a fault of ours, told with its trace."""
    provider, http = SELLERS[act.seller].provider(act.url)
    settings = Settings(home=Path(act.home), database=act.database, hands=1, write_off_usd="0")
    providers = {"offline": Offline(), provider.name: provider}
    _print_stacks_when_asked()
    try:
        async with AsyncStudio(settings, providers=providers, tempo=Tempo(speed=1000)) as studio:
            return await _VERBS[act.verb](studio, act, **act.args)
    except ReelwrightError as error:
        return {"state": "error", "error": type(error).__name__, "said": str(error)}
    except Exception as error:  # noqa: BLE001  the test is told of whatever else comes out of a door
        return {"state": "fault", "error": type(error).__name__, "said": traceback.format_exc()}
    finally:
        await http.close()


def _print_stacks_when_asked() -> None:
    """Print to standard error where every thread stands on SIGUSR1, and every asyncio task on SIGUSR2."""
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR2, lambda: [_print_awaits(task) for task in asyncio.all_tasks(loop)])


def _print_awaits(task: asyncio.Task[Any]) -> None:
    """Print every coroutine that the task is in, the innermost last; ``Task.print_stack`` prints the outermost only."""
    print(f"Task {task.get_name()}:", file=sys.stderr)
    inner: Any = task.get_coro()
    while frame := getattr(inner, "cr_frame", None):
        print(f"  {frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_qualname}", file=sys.stderr, flush=True)
        inner = inner.cr_await


# ---- verbs, as a person types them
AGREED: Mapping[str, Any] = {"yes": True, "accept_unconfirmed": True}


async def _clip(studio: AsyncStudio, act: Act, prompt: str, times: int = 1, **terms: Any) -> dict[str, Any]:
    """``times``: so many equal calls at one moment in this process."""
    model = SELLERS[act.seller].model
    agreed = {} if "budget" in terms else {"yes": True}
    calls = [studio.clip(prompt, model=model, accept_unconfirmed=True, **agreed, **terms) for _ in range(times)]
    made = await asyncio.gather(*calls)
    return {
        "state": made[0].state,
        "files": {prompt: [str(file.path) for file in made[0].files]},
        "missing": [lost.reason for lost in made[0].missing],
        "why": made[0].wait_reason,
        "said": made[0].message,
    }


async def _batch(studio: AsyncStudio, act: Act, prompts: list[str], **terms: Any) -> dict[str, Any]:
    made = await studio.batch(prompts, model=SELLERS[act.seller].model, **AGREED, **terms)
    states = {row.state for row in made.rows}
    files: dict[str, list[str]] = {prompt: [] for prompt in prompts}
    for prompt, row in zip(prompts, made.rows, strict=True):
        files[prompt] += [str(row.path)] if row.path else []
    state = "done" if states == {"done"} else "waiting" if "waiting" in states else "failed"
    return {"state": state, "files": files, "said": "; ".join(row.message for row in made.rows)}


async def _make(studio: AsyncStudio, act: Act, brief: str, plan: str, **asked: Any) -> dict[str, Any]:
    models = (SELLERS[act.seller].model,)
    film = await studio.make(
        brief, plan=Path(plan), models=models, continuity="loose", **{"goal": "takes", **AGREED, **asked}
    )
    return _film(film)


def _film(film: Any) -> dict[str, Any]:
    takes = {shot.prompt: [shot.take] for shot in film.shots if shot.take}
    path = str(film.film.path) if film.film else None
    return {
        "state": film.state,
        "project": film.project,
        "takes": takes,
        "film": path,
        "why": film.wait_reason,
        "said": film.message,
    }


async def _of_project(studio: AsyncStudio, act: Act, nth: int, way: str, shot: int = 1, **more: Any) -> dict[str, Any]:
    """Something with the ``nth`` project of the list, counted around; nothing where there is none."""
    projects = await studio.list_projects()
    if not projects:
        return {"state": "nothing"}
    project = projects[nth % len(projects)].id
    if way == "cancel":
        shown = await studio.cancel(project)
        return {"state": shown.state}
    if way in ("resume", "retry"):
        return _film(await getattr(studio, way)(project, **AGREED))
    shots = (await studio.show(project)).shots
    if not shots:
        return {"state": "nothing"}
    number = shot % len(shots) + 1
    if way == "retake":
        _ask(act, {"retake": shots[number - 1].prompt, "project": project})
        return _film(await studio.retake(project, number, **AGREED))
    # The same words are another request for a clip, or in another beat of a film: they get a name of their own there.
    prompt = f"{more['prompt']} {ALONE if len(shots) == 1 else ('first', 'second')[number - 1]}"
    _ask(act, {"edit": prompt, "was": shots[number - 1].prompt, "project": project})
    return _film(await studio.edit(project, shot=number, prompt=prompt, **AGREED))


def _ask(act: Act, said: Mapping[str, str]) -> None:
    """Leave word of what is about to be asked for, also where this process is killed over it."""
    handle = os.open(act.asked, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(handle, f"{json.dumps(said)}\n".encode())
    os.close(handle)


async def _spend(studio: AsyncStudio, act: Act) -> dict[str, Any]:
    """The ledger: every paid row as a person reads it."""
    rows = [{"id": r.purchase, "state": r.state, "operation": r.operation} for r in (await studio.show_spending()).rows]
    return {"state": "done", "rows": rows}


async def _decide(studio: AsyncStudio, act: Act, **said: Any) -> dict[str, Any]:
    row = await studio.decide(said["purchase"], said["verdict"], operation=said.get("operation"))
    if said.get("adjust") and row.micros:
        await studio.adjust(said["purchase"], f"-{row.micros / 1e6:.6f}", because="it is not on the bill")
    return {"state": "done"}


async def _jobs(studio: AsyncStudio, act: Act) -> dict[str, Any]:
    jobs = [
        {"id": job.id, "project": job.project, "state": job.state, "said": job.message}
        for job in await studio.list_jobs()
    ]
    return {"state": "done", "jobs": jobs}


async def _resume_one(studio: AsyncStudio, act: Act, project: str) -> dict[str, Any]:
    return _film(await studio.resume(project, **AGREED))


async def _reconcile(studio: AsyncStudio, act: Act) -> dict[str, Any]:
    """Say that this copy is the one that buys from now on."""
    found = await studio.reconcile(yes=True)
    return {"state": "done", "found": found.state}


async def _budget(studio: AsyncStudio, act: Act, usd: str) -> dict[str, Any]:
    await studio.set_budget("account", usd)
    return {"state": "done"}


async def _no_budget(studio: AsyncStudio, act: Act) -> dict[str, Any]:
    await studio.remove_budget("account")
    return {"state": "done"}


_VERBS: Mapping[str, Any] = {
    "clip": _clip,
    "batch": _batch,
    "make": _make,
    "project": _of_project,
    "spend": _spend,
    "decide": _decide,
    "jobs": _jobs,
    "resume": _resume_one,
    "reconcile": _reconcile,
    "budget": _budget,
    "no budget": _no_budget,
}
if __name__ == "__main__":
    live()
