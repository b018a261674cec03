"""The verb ``doctor``: checks whether films can be made on this machine, and names a fix for each problem."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import reelwright.media
from reelwright import settings as settings_
from reelwright.catalogue.models import find_model, load_models
from reelwright.catalogue.own_voices import get_voice_folder
from reelwright.engines.host import EngineHost
from reelwright.engines.model_cards import load_model_cards
from reelwright.engines.model_rows import register_rows
from reelwright.errors import BadInput, JournalError, ReelwrightError, StoreUnavailable, ToolMissing, Unreachable
from reelwright.media.base.ffmpeg import build_output, choose_program, find_program, read_build, run
from reelwright.media.base.probe import probe
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.looks.registry import find_foreign_looks, load_stagings, write_foreign_look
from reelwright.messages import format_advice
from reelwright.net.keys import Keys
from reelwright.plugins import list_plugins
from reelwright.providers.gemini_longrunning import open_on_vertex
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.database.disks import find_filesystem_type, is_network_filesystem
from reelwright.store.database.migrate import is_unreadable, read_version
from reelwright.store.policy import VAULT_SAMPLE_WITHIN_S
from reelwright.store.schema.schema import HEAD
from reelwright.store.vault.assets import list_present
from reelwright.store.vault.object_vault import ObjectVault
from reelwright.store.vault.open_vault import open_vault
from reelwright.store.vault.vault_sample import sample_vault
from reelwright.studio.files.leftovers import find_leftovers
from reelwright.studio.models.keys import list_opened_models
from reelwright.studio.models.local_servers import choose_best_planner, list_install_commands, list_local_models_now
from reelwright.studio.policy import ENOUGH_DISK_BYTES, MAX_NAMED_IN_A_CHECK, MIN_DISK_BYTES, STORE_CHECK_S
from reelwright.studio.results.inventory import Check, Checkup
from reelwright.studio.runtime.loop_thread import LoopThread
from reelwright.studio.scripts.flavoring import list_added_flavors

T = TypeVar("T")


def examine(settings: Settings | None = None, *, whole_vault: bool = False) -> Checkup:
    """Check whether this machine and home can make films.

    A problem is a bad ``Check`` in the result, not an error. Writes only probe files, which it removes. Makes no home
    or journal, and does not upgrade a journal. ``whole_vault``: read every file of the vault, however long that takes.
    """
    try:
        found = settings or settings_.load_settings()
    except ReelwrightError as error:
        return Checkup(
            checks=(
                Check(name="settings", state="bad", message=str(error), fix=_get_advice(error), actions=error.actions),
            )
        )
    looks: tuple[Callable[[Settings], Check], ...] = (_python, _ffmpeg, _drawing, _fonts, _home, _room, _disk, _journal)
    storage = (_storage,) if _find_film_storage(found) else ()
    added = (_packages,) if list_plugins() else ()
    engines = (_engines,) if (found.home / "models").is_dir() else ()
    return Checkup(
        checks=tuple(
            _run_check(look, found)
            for look in (
                *looks,
                _whole_vault if whole_vault else _vault,
                _leftovers,
                _keys,
                _voice,
                *storage,
                *engines,
                *added,
                _planners,
            )
        )
    )


def _get_advice(error: ReelwrightError) -> str:
    """Return the advice of an error without its actions, which a check lists apart."""
    return format_advice(replace(error.to_reason(), actions=()))


def _run_check(look: Callable[[Settings], Check], settings: Settings) -> Check:
    name = look.__name__.strip("_")
    try:
        return look(settings)
    except ReelwrightError as error:
        return Check(name=name, state="bad", message=str(error), fix=_get_advice(error), actions=error.actions)
    except (OSError, ImportError) as error:
        return Check(name=name, state="bad", message=str(error))


def _python(settings: Settings) -> Check:
    version, needed = sys.version_info[:3], (3, 11)
    message = f"Python {'.'.join(map(str, version))}"
    if version < needed:
        return Check(name="python", state="bad", message=message, fix="use Python 3.11 or newer")
    return Check(name="python", state="good", message=message)


def _ffmpeg(settings: Settings) -> Check:
    """Encode a fifth of a second with both encoders and probe the result."""
    choose_program(settings.ffmpeg)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "probe.mp4"
        picture = ["-f", "lavfi", "-i", "color=c=gray:s=64x64:r=25:d=0.2"]
        sound = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "0.2"]
        run([*picture, *sound, "-c:v", "libx264", "-c:a", "aac", build_output(made)])
        found = probe(made)
    if found.codec != "h264" or found.audio is None:
        return Check(
            name="ffmpeg", state="bad", message="it cannot write H.264 with AAC", fix="unset REELWRIGHT_FFMPEG"
        )
    return Check(name="ffmpeg", state="good", message=f"{read_build(find_program())}, writes H.264 and AAC")


def _drawing(settings: Settings) -> Check:
    skia = load_skia()
    return Check(name="drawing", state="good", message=f"skia {skia.__version__} draws")


def _fonts(settings: Settings) -> Check:
    folder = Path(reelwright.media.__file__).parent / "fonts"
    fonts = [path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf")]
    if not fonts:
        return Check(name="fonts", state="bad", message="no font came with the package", fix="install reelwright again")
    return Check(name="fonts", state="good", message=f"{len(fonts)} fonts come with the package")


def _home(settings: Settings) -> Check:
    """Write, sync and remove a file in the home, or in the folder where the home will be."""
    folder = _find_existing_folder(settings.home)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"reelwright")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fix = "set REELWRIGHT_HOME to a folder that you may write to"
        return Check(name="home", state="bad", message=f"{folder}: {error.strerror}", fix=fix)
    message = f"{settings.home} can be written" if settings.home.is_dir() else f"{settings.home} will be made"
    return Check(name="home", state="good", message=message)


def _room(settings: Settings) -> Check:
    free = shutil.disk_usage(_find_existing_folder(settings.home)).free
    message = f"{free / 1e9:.1f} GB free"
    if free >= ENOUGH_DISK_BYTES:
        return Check(name="room", state="good", message=message)
    actions = (Action("free_disk_space"), Action("tidy"), Action("set_home"))
    return Check(name="room", state="poor" if free >= MIN_DISK_BYTES else "bad", message=message, actions=actions)


def _disk(settings: Settings) -> Check:
    kind = find_filesystem_type(_find_existing_folder(settings.home))
    if is_network_filesystem(kind) and not settings.database:
        fix = "set REELWRIGHT_HOME to a local folder, or REELWRIGHT_DATABASE to a PostgreSQL server"
        return Check(name="disk", state="bad", message=f"{kind} lies on another machine", fix=fix)
    return Check(name="disk", state="good", message=f"{kind or 'a disk'} of this machine")


def _journal(settings: Settings) -> Check:
    """Open the journal without an upgrade. A journal that does not exist yet is made by the first film."""
    if not settings.database and not (settings.home / "journal.db").is_file():
        return Check(name="journal", state="good", message="will be made with the first film")
    database = Database(settings.database_url, may_upgrade=False)
    try:
        version = database._read(read_version)
    finally:
        database.close()
    if version == HEAD:
        return Check(name="journal", state="good", message=f"{database.where}, schema {HEAD}")
    if version is None:
        return Check(name="journal", state="good", message=f"{database.where} is empty; the first film sets it up")
    fix = "begin with another home" if is_unreadable(version) else "the next command upgrades it; take a copy first"
    return Check(
        name="journal", state="poor", message=f"{database.where} has schema {version}, this is {HEAD}", fix=fix
    )


def _vault(settings: Settings) -> Check:
    """Read the newest vault files and a sample of the others, and check that all files of the journal are there.

    Every file is also verified when it is used.
    """
    return _vault_read(settings, VAULT_SAMPLE_WITHIN_S)


def _whole_vault(settings: Settings) -> Check:
    return _vault_read(settings, None)


def _vault_read(settings: Settings, within_s: float | None) -> Check:
    if settings.vault_url:
        return _object_vault(settings)
    missing = _missing(settings)
    if not settings.vault.is_dir() and not missing:
        return Check(name="vault", state="good", message="will be made with the first film")
    found = sample_vault(settings.vault, within_s)
    parts = [f"{found.read_count} of {found.file_count} files read"]
    if not found.damaged_files and not missing:
        return Check(name="vault", state="good", message=f"{parts[0]}, all whole")
    parts += [_list_files("damaged", found.damaged_files, settings.vault)] if found.damaged_files else []
    parts += [_list_files("missing", missing, settings.vault)] if missing else []
    fix = (
        "look at the disk, then put these files back from a backup; what was made here is made again for nothing when "
        "a film needs it, and a film that needs another says which shot's it is"
    )
    return Check(name="vault", state="bad", message=", ".join(parts), fix=fix)


def _object_vault(settings: Settings) -> Check:
    """Check that the object store keeps what is put there, refuses to replace it, and has all files of the journal."""
    vault = open_vault(settings)
    assert isinstance(vault, ObjectVault)
    try:
        if (fault := _ask_store(vault.probe, STORE_CHECK_S)) is not None:
            fix = "use a store with conditional writes (If-None-Match), which S3, Google Cloud Storage and Azure have"
            return Check(name="vault", state="bad", message=f"{settings.vault_url} {fault}", fix=fix)
        known = _list_known_files(settings)
        accounts = {account for account, _ in known}
        there = _ask_store(lambda: {(one, digest) for one in accounts for digest in vault.list_digests(one)})
    except TimeoutError:
        fix = "check REELWRIGHT_VAULT_ENDPOINT, and the way to the store"
        message = f"{settings.vault_url} does not answer within {STORE_CHECK_S:g} s"
        return Check(name="vault", state="bad", message=message, fix=fix)
    except (StoreUnavailable, ToolMissing) as error:
        return Check(name="vault", state="bad", message=str(error), fix=error.hint)
    if missing := [settings.vault / account / digest[:2] / digest for account, digest in known - there]:
        fix = "put these objects back from an older version or a copy of the bucket"
        listed = _list_files("missing", sorted(missing), settings.vault)
        return Check(name="vault", state="bad", message=f"{settings.vault_url}: {listed}", fix=fix)
    return Check(name="vault", state="good", message=f"{settings.vault_url}, all {len(known)} files are there")


def _ask_store(ask: Callable[[], T], within_s: float | None = None) -> T:
    """Return what ``ask`` returns. Raises its error, and ``TimeoutError`` after ``within_s``.

    It runs in a thread: an object store that does not answer would keep this one from hearing Ctrl-C.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:  # noqa: BLE001 - the caller raises it
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(within_s)


def _missing(settings: Settings) -> list[Path]:
    """List the vault files that the journal knows and that are missing. Empty if the journal cannot be read."""
    paths = [settings.vault / account / digest[:2] / digest for account, digest in sorted(_list_known_files(settings))]
    return [path for path in paths if not path.is_file()]


def _list_known_files(settings: Settings) -> frozenset[tuple[str, Digest]]:
    """List account and digest of all files that the journal has in the vault. Empty if it cannot be read."""
    if not settings.database and not (settings.home / "journal.db").is_file():
        return frozenset()
    database = Database(settings.database_url, may_upgrade=False)
    try:
        return database._read(list_present) if database._read(read_version) == HEAD else frozenset()
    except JournalError:
        return frozenset()  # the check of the journal reports it
    finally:
        database.close()


def _list_files(what: str, paths: Sequence[Path], root: Path) -> str:
    names = ", ".join(str(path.relative_to(root)) for path in paths[:MAX_NAMED_IN_A_CHECK])
    more = f" and {len(paths) - MAX_NAMED_IN_A_CHECK} more" if len(paths) > MAX_NAMED_IN_A_CHECK else ""
    return f"{len(paths)} {what}: {names}{more}"


def _leftovers(settings: Settings) -> Check:
    found = find_leftovers(settings.workrooms, settings.films)
    if not found:
        return Check(name="leftovers", state="good", message="nothing left behind by a crash")
    return Check(
        name="leftovers",
        state="poor",
        message=f"{len(found)} left behind by processes that died",
        actions=(Action("tidy"),),
    )


def _keys(settings: Settings) -> Check:
    """List the API keys, and how many models each opens. Films that are drawn need no key."""
    try:
        found = tuple(Keys(settings).list_keys())
    except BadInput as error:
        actions = error.actions or (Action("add_key"),)
        return Check(name="keys", state="poor", message=str(error), fix=_get_advice(error), actions=actions)
    if not found:
        return Check(
            name="keys", state="good", message="none: films are drawn here; a key opens models of its provider"
        )
    parts = [f"{key.holder} opens {len(list_opened_models(key.holder))} models ({key.source})" for key in found]
    return Check(name="keys", state="good", message=" · ".join(parts))


def _find_film_storage(settings: Settings) -> str:
    """Return the Cloud Storage folder for films of Vertex that the settings name; empty if none."""
    return Keys(settings).environ.get("REELWRIGHT_VERTEX_STORAGE", "").strip()


def _storage(settings: Settings) -> Check:
    """Write, read and delete a small object in the Cloud Storage folder for films of Vertex."""

    async def check() -> None:
        adapter, http = open_on_vertex(settings, Keys(settings))
        async with http:
            await adapter.check_storage()

    where = _find_film_storage(settings)
    try:
        with closing(LoopThread("film storage")) as thread:  # the caller may be in a running event loop
            thread.run(check())
    except Unreachable as error:
        fix = "give the account the role Storage Object User (roles/storage.objectUser) on this bucket"
        return Check(name="storage", state="bad", message=str(error), fix=fix)
    return Check(name="storage", state="good", message=f"{where} can be written, read and emptied")


def _engines(settings: Settings) -> Check:
    """Check the models of one's own, each with its engine. `engines doctor` says more."""
    faults = dict(register_rows(settings.home, only_commercial=settings.model_licences == "commercial"))
    host = EngineHost(settings)
    names = tuple(load_model_cards(settings.home))
    for name in names:
        try:
            host.check(name)
        except BadInput as error:
            faults.setdefault(name, error)
    if not faults:
        return Check(
            name="engines", state="good", message=f"{', '.join(names) or 'no model'} can be used here, at $0.00"
        )
    parts = [f"{name}: {error}" for name, error in faults.items()]
    return Check(name="engines", state="poor", message="; ".join(parts[:MAX_NAMED_IN_A_CHECK]))


def _voice(settings: Settings) -> Check:
    """Say whether the voice of this machine can speak, and what brings it."""
    folder = get_voice_folder(settings.home)
    missing = folder.find_missing()
    add = Action("add_voice")
    if missing == "voice":
        message = "no voice of this machine: lines are spoken by a provider with a key, or stand in the captions"
        actions = (Action("install", {"extra": "voice"}), add)
        return Check(name="voice", state="good", message=message, actions=actions)
    if missing:
        return Check(name="voice", state="poor", message="the weights of Kokoro are not in this home", actions=(add,))
    spoken = ", ".join(one for one in find_model("kokoro").default_voices if not folder.find_missing(one))
    return Check(name="voice", state="good", message=f"Kokoro speaks {spoken} here, at $0.00")


def _packages(settings: Settings) -> Check:
    """List what other Python packages add, and what is wrong with it."""
    load_models()
    list_added_flavors(None)
    for name in find_foreign_looks():
        with suppress(BadInput):  # which is reported
            load_stagings(write_foreign_look(name))
    found = list_plugins()
    parts = [
        f"{plugin.kind.removesuffix('s')} {plugin.name} of {plugin.package}{fault and f' is left out: {fault}'}"
        for plugin, fault in found.items()
    ]
    return Check(name="packages", state="poor" if any(found.values()) else "good", message=" · ".join(parts))


def _planners(settings: Settings) -> Check:
    """List the servers of language models that answer on this machine, with their models. The rules need none."""
    found = list_local_models_now(settings)
    parts = []
    for one in found:
        names = [name.partition(":")[2] for name in one.planners]
        more = f" and {len(names) - MAX_NAMED_IN_A_CHECK} more" if len(names) > MAX_NAMED_IN_A_CHECK else ""
        parts.append(
            f"{one.server} at {one.address}: {', '.join(names[:MAX_NAMED_IN_A_CHECK]) or 'no model yet'}{more}"
        )
    if best := choose_best_planner(found):
        return Check(name="planners", state="good", message=f"{' · '.join(parts)}; the planner “local” is {best}")
    none = "the rules plan; neither Ollama nor LM Studio answers on this machine"
    fix = "to have a language model here write the words: {}, then {}".format(*list_install_commands())
    return Check(name="planners", state="good", message=" · ".join(parts) or none, fix=fix)


def _find_existing_folder(folder: Path) -> Path:
    """Return ``folder``, or its nearest parent that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
