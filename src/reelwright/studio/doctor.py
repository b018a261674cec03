"""Can films be made on this machine: one line for each thing that must be right, with its fix."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from reelwright import settings as settings_
from reelwright.errors import BadInput, JournalError, ReelwrightError
from reelwright.settings import Settings
from reelwright.studio.answers import Check, Checkup

ENOUGH_BYTES: Final = 2_000_000_000
LEAST_BYTES: Final = 300_000_000
_NAMED: Final = 5
"""Damaged and missing files that are named; the others are counted."""


def examine(settings: Settings | None = None, *, whole_vault: bool = False) -> Checkup:
    """Look at everything; never raises for what is wrong. Writes only probe files, which it removes.

    ``whole_vault``: every file of the vault is read, however long it takes.
    Does not make a home or a journal where there is none, nor upgrade one.
    """
    try:
        found = settings or settings_.load()
    except ReelwrightError as error:
        return Checkup(checks=(Check(name="settings", state="bad", said=str(error), fix=error.hint),))
    looks: tuple[Callable[[Settings], Check], ...] = (_python, _ffmpeg, _drawing, _fonts, _home, _room, _disk)
    return Checkup(
        checks=tuple(
            _safely(look, found)
            for look in (*looks, _journal, _whole_vault if whole_vault else _vault, _leftovers, _keys, _planners)
        )
    )


def _safely(look: Callable[[Settings], Check], settings: Settings) -> Check:
    name = look.__name__.strip("_")
    try:
        return look(settings)
    except ReelwrightError as error:
        return Check(name=name, state="bad", said=str(error), fix=error.hint)
    except (OSError, ImportError) as error:
        return Check(name=name, state="bad", said=str(error))


def _python(settings: Settings) -> Check:
    version, needed = sys.version_info[:3], (3, 11)
    said = f"Python {'.'.join(map(str, version))}"
    if version < needed:
        return Check(name="python", state="bad", said=said, fix="use Python 3.11 or newer")
    return Check(name="python", state="good", said=said)


def _ffmpeg(settings: Settings) -> Check:
    """Encodes a fifth of a second with both encoders and looks at what came out."""
    from reelwright.media.ffmpeg import edition, program, run, target
    from reelwright.media.probe import probe

    if settings.ffmpeg:
        os.environ["REELWRIGHT_FFMPEG"] = settings.ffmpeg
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "probe.mp4"
        picture = ["-f", "lavfi", "-i", "color=c=gray:s=64x64:r=25:d=0.2"]
        sound = ["-f", "lavfi", "-i", "anullsrc=r=48000:cl=stereo", "-t", "0.2"]
        run([*picture, *sound, "-c:v", "libx264", "-c:a", "aac", target(made)])
        found = probe(made)
    if found.codec != "h264" or found.audio is None:
        return Check(name="ffmpeg", state="bad", said="it cannot write H.264 with AAC", fix="unset REELWRIGHT_FFMPEG")
    return Check(name="ffmpeg", state="good", said=f"{edition(program())}, writes H.264 and AAC")


def _drawing(settings: Settings) -> Check:
    from reelwright.media.skia_loader import load_skia

    skia = load_skia()
    return Check(name="drawing", state="good", said=f"skia {skia.__version__} draws")


def _fonts(settings: Settings) -> Check:
    import reelwright.media

    folder = Path(reelwright.media.__file__).parent / "fonts"
    fonts = [path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf")]
    if not fonts:
        return Check(name="fonts", state="bad", said="no font came with the package", fix="install reelwright again")
    return Check(name="fonts", state="good", said=f"{len(fonts)} fonts come with the package")


def _home(settings: Settings) -> Check:
    """A file written, synced and removed in the home, or in the folder where the home will be."""
    folder = _standing(settings.home)
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"reelwright")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fix = "set REELWRIGHT_HOME to a folder that you may write to"
        return Check(name="home", state="bad", said=f"{folder}: {error.strerror}", fix=fix)
    said = f"{settings.home} can be written" if settings.home.is_dir() else f"{settings.home} will be made"
    return Check(name="home", state="good", said=said)


def _room(settings: Settings) -> Check:
    free = shutil.disk_usage(_standing(settings.home)).free
    said = f"{free / 1e9:.1f} GB free"
    if free >= ENOUGH_BYTES:
        return Check(name="room", state="good", said=said)
    fix = "make room, or set REELWRIGHT_HOME to a larger disk; reelwright tidy gives some back"
    return Check(name="room", state="poor" if free >= LEAST_BYTES else "bad", said=said, fix=fix)


def _disk(settings: Settings) -> Check:
    from reelwright.store.disks import fstype_of, is_network

    kind = fstype_of(_standing(settings.home))
    if is_network(kind) and not settings.database:
        fix = "set REELWRIGHT_HOME to a local folder, or REELWRIGHT_DATABASE to a PostgreSQL server"
        return Check(name="disk", state="bad", said=f"{kind} lies on another machine", fix=fix)
    return Check(name="disk", state="good", said=f"{kind or 'a disk'} of this machine")


def _journal(settings: Settings) -> Check:
    """Opens the journal as it is; one that does not exist yet is made by the first film."""
    from reelwright.store.database import Database
    from reelwright.store.migrate import version_of
    from reelwright.store.schema import HEAD

    if not settings.database and not (settings.home / "journal.db").is_file():
        return Check(name="journal", state="good", said="will be made with the first film")
    database = Database(settings.database_url, upgrade=False)
    try:
        version = database._read(version_of)
    finally:
        database.close()
    if version == HEAD:
        return Check(name="journal", state="good", said=f"{database.where}, schema {HEAD}")
    if version is None:
        return Check(name="journal", state="good", said=f"{database.where} is empty; the first film sets it up")
    fix = "the next command upgrades it; take a copy first"
    return Check(name="journal", state="poor", said=f"{database.where} has schema {version}, this is {HEAD}", fix=fix)


def _vault(settings: Settings) -> Check:
    """A part of the vault, read: the newest files and some others; and whether all are there that the journal knows.

    Every file is verified when it is used, too.
    """
    from reelwright.store.vault_sample import WITHIN_S

    return _vault_read(settings, WITHIN_S)


def _whole_vault(settings: Settings) -> Check:
    return _vault_read(settings, None)


def _vault_read(settings: Settings, within_s: float | None) -> Check:
    from reelwright.store.vault_sample import sample_vault

    missing = _missing(settings)
    if not settings.vault.is_dir() and not missing:
        return Check(name="vault", state="good", said="will be made with the first film")
    found = sample_vault(settings.vault, within_s)
    told = [f"{found.read} of {found.there} files read"]
    if not found.damaged and not missing:
        return Check(name="vault", state="good", said=f"{told[0]}, all whole")
    told += [_counted("damaged", found.damaged, settings.vault)] if found.damaged else []
    told += [_counted("missing", missing, settings.vault)] if missing else []
    fix = (
        "look at the disk, then put these files back from a backup; what was made here is made again for nothing when "
        "a film needs it, and a film that needs another says which shot's it is"
    )
    return Check(name="vault", state="bad", said=", ".join(told), fix=fix)


def _missing(settings: Settings) -> list[Path]:
    """Where files should lie that the journal knows of and nothing of ours deleted; none where it cannot be read."""
    from reelwright.store.assets import held
    from reelwright.store.database import Database
    from reelwright.store.migrate import version_of
    from reelwright.store.schema import HEAD

    if not settings.database and not (settings.home / "journal.db").is_file():
        return []
    database = Database(settings.database_url, upgrade=False)
    try:
        known = database._read(held) if database._read(version_of) == HEAD else frozenset()
    except JournalError:
        return []  # the line of the journal says so
    finally:
        database.close()
    paths = [settings.vault / account / digest[:2] / digest for account, digest in sorted(known)]
    return [path for path in paths if not path.is_file()]


def _counted(what: str, paths: Sequence[Path], root: Path) -> str:
    names = ", ".join(str(path.relative_to(root)) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"{len(paths)} {what}: {names}{more}"


def _leftovers(settings: Settings) -> Check:
    from reelwright.studio.tidy import leftovers

    found = leftovers(settings.workrooms, settings.films)
    if not found:
        return Check(name="leftovers", state="good", said="nothing left behind by a crash")
    return Check(
        name="leftovers", state="poor", said=f"{len(found)} left behind by processes that died", fix="reelwright tidy"
    )


def _keys(settings: Settings) -> Check:
    """Which keys are there, and how many models each opens. Films of type and stills need none."""
    from reelwright.net.keys import Keys
    from reelwright.studio.keys import opened_by

    try:
        found = tuple(Keys(settings).all())
    except BadInput as error:
        return Check(name="keys", state="poor", said=str(error), fix=error.hint or "reelwright keys add PROVIDER")
    if not found:
        return Check(
            name="keys", state="good", said="none: films are drawn here; `reelwright keys` says what each opens"
        )
    told = [f"{key.holder} opens {len(opened_by(key.holder))} models ({key.source})" for key in found]
    return Check(name="keys", state="good", said=" · ".join(told))


def _planners(settings: Settings) -> Check:
    """Which servers of language models answer on this machine, and what they have. The rules need none."""
    from reelwright.studio.local_servers import local_models_now

    told = []
    for one in local_models_now(settings):
        names = [name.partition(":")[2] for name in one.planners]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        told.append(f"{one.server} at {one.address}: {', '.join(names[:_NAMED]) or 'no model yet'}{more}")
    none = "the rules plan; neither Ollama nor LM Studio answers on this machine"
    return Check(name="planners", state="good", said=" · ".join(told) or none)


def _standing(folder: Path) -> Path:
    """``folder``, or the nearest one above it that exists."""
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder
