"""Checks a settings file of an older system: what each of its variables is called here, or why it is not needed.

The old names come from those systems' documentation. Source: systems.md, read 2026-11-20.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

from reelwright.catalogue.lifecycle import list_twins
from reelwright.catalogue.models import find_model, is_retired
from reelwright.errors import BadInput
from reelwright.known_providers import OWN_HOLDERS, WEBHOOK_HOLDERS, list_addressed, list_holders
from reelwright.settings import BASE_URL, PREFIX, Settings, load_settings
from reelwright.studio.policy import MAX_OLD_SETTINGS_BYTES, QUOTED_CHARS
from reelwright.studio.results.inventory import Check, Checkup

_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)", re.ASCII)

_MAPPED: Final[Mapping[str, str]] = {
    "MODEL_ID": "REELWRIGHT_MODEL",
    "DEFAULT_MODEL": "REELWRIGHT_MODEL",
    "PROJECT_ID": "GOOGLE_CLOUD_PROJECT",
    "REGION": "GOOGLE_CLOUD_LOCATION",
    "OUTPUT_GCS_BUCKET_NAME": "REELWRIGHT_VERTEX_STORAGE",
    "SERVICE_ACCOUNT_KEY_PATH": "GOOGLE_APPLICATION_CREDENTIALS",
    "CONCURRENT_JOB_LIMIT": "REELWRIGHT_JOBS_AT_ONCE",
    "MAX_IMAGE_SIZE": "REELWRIGHT_IMAGE_BYTES",
    "MIN_IMAGE_RESOLUTION": "REELWRIGHT_IMAGE_SIDE",
    "DATABASE_URL": "REELWRIGHT_DATABASE",
    "WEBHOOK_ENABLED": "REELWRIGHT_WEBHOOKS",
    "FLASK_ENV": "REELWRIGHT_LOG_LEVEL",
    "FLASK_DEBUG": "REELWRIGHT_LOG_LEVEL",
}
_JOURNAL: Final = "not needed: the journal does this"
_FOLDERS: Final = "not needed: everything lies under REELWRIGHT_HOME, and each step has a folder that goes with it"
_TRUE: Final = frozenset({"1", "true", "yes", "on"})
_FALSE: Final = frozenset({"0", "false", "no", "off"})
_BUCKET: Final = "files are kept in a bucket with REELWRIGHT_VAULT_URL=s3://BUCKET/PREFIX"
_BUCKET_ACCESS: Final = "read under this name where REELWRIGHT_VAULT_URL names a bucket"
_NOT_NEEDED: Final[Mapping[str, str]] = {
    "TEMP_DOWNLOAD_PATH": _FOLDERS,
    "REDIS_URL": _JOURNAL,
    "DYNAMODB_TABLE_NAME": _JOURNAL,
    "USE_LOCAL_DYNAMODB": _JOURNAL,
    "DYNAMODB_ENDPOINT": _JOURNAL,
    **dict.fromkeys(
        ("VITE_DEV_MODE", "VITE_API_BASE_URL", "VITE_MSAL_CLIENT_ID", "VITE_MSAL_AUTHORITY", "VITE_MSAL_REDIRECT_URI",
         "NEXT_PUBLIC_API_URL"),
        "not needed: nothing is built into a page",
    ),
}  # fmt: skip
_NOT_HERE: Final[Mapping[str, str]] = {
    "WEBHOOK_URL": "add a webhook for job.created, with the prompt",
    "FRONTEND_URL": "allow the pages of this address, without a path: the option allow_origin of the server",
    **dict.fromkeys(("S3_BUCKET", "STORAGE_BUCKET"), _BUCKET),
    **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"), _BUCKET_ACCESS),
}
_READ: Final = frozenset(
    {
        "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION", "GOOGLE_APPLICATION_CREDENTIALS", "CLOUDSDK_CONFIG",
        "REELWRIGHT_HOME", "REELWRIGHT_VERTEX_STORAGE", "REELWRIGHT_SIGNING_KEY",
        "REELWRIGHT_DOWNLOADS_KEY",
    }
)  # fmt: skip
"""Variables that are read under these names, besides the settings and the variables for keys."""
CLIENT: Final = "VIDEO_GENERATION_"
CLIENT_NAMES: Final = (
    "base_url", "model", "timeout", "max_retries", "max_wait_time", "concurrent_limit", "output_dir",
    "poll_initial_delay", "poll_max_delay", "max_usd", "unknown_at_most", "successor",
)  # fmt: skip
"""Settings of the client library, which this package must not import; a test compares this list with it."""


@dataclass(frozen=True)
class OldEnvironment:
    """The settings of a file: ``variables`` by their names here, ``origins`` of pages that may use the server, and
    ``notes`` about what is not taken over, which show no secret.
    """

    variables: Mapping[str, str]
    origins: tuple[str, ...]
    notes: tuple[str, ...]


def examine_file(file: str | Path) -> Checkup:
    """Say of each variable in an older system's settings file what it is called here. Raises ``BadInput``.

    Writes nothing and shows no secret. ``file``: lines of NAME=VALUE.
    """
    return Checkup(checks=tuple(_check_variable(name, value) for name, value in _list_variables(_read_text(file))))


def read_environment(file: str | Path) -> OldEnvironment:
    """Read a settings file, of an older system or of this one, as variables by their names here. Raises ``BadInput``.

    The database of an older system is left alone: nothing is read from it or written to it.
    """
    found, origins, notes = dict[str, str](), list[str](), list[str]()
    for name, value in _list_variables(_read_text(file)):
        check = _check_variable(name, value)
        if name in _list_known_variables():
            found[name] = value
        elif name == "DATABASE_URL":
            notes.append(f"{name}: the older system keeps it; films are kept in REELWRIGHT_DATABASE")
        elif name == "FRONTEND_URL":
            origins += [value.rstrip("/")] if value else []
        elif name in _MAPPED and check.state == "good":
            found.setdefault(_MAPPED[name], _CONVERT.get(name, str)(value))
        elif check.state == "poor":
            notes.append(f"{name}: {check.message}")
    return OldEnvironment({name: value for name, value in found.items() if value}, tuple(origins), tuple(notes))


def _read_text(file: str | Path) -> str:
    path = Path(file).expanduser()
    try:
        if path.stat().st_size > MAX_OLD_SETTINGS_BYTES:
            raise BadInput("env", str(file), "a file of at most 1 MB")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInput("env", str(file), "a file of NAME=VALUE lines in UTF-8 that can be read") from cause


def _list_variables(text: str) -> Iterator[tuple[str, str]]:
    """Yield names and values. Raises ``BadInput`` with the number of a line that is no NAME=VALUE and no comment."""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        found = _LINE.fullmatch(bare)
        if found is None:
            raise BadInput(f"env line {number}", "…", "NAME=VALUE, or a comment that begins with #")
        yield found[1], _parse_value(found[2])


def _parse_value(text: str) -> str:
    """Return a value without its quotes, or without the comment after it."""
    text = text.strip()
    if len(text) > 1 and text[0] in "\"'" and (end := text.find(text[0], 1)) > 0:
        return text[1:end]
    return text.partition(" #")[0].strip()


def _check_variable(name: str, value: str) -> Check:
    if name in _list_known_variables():
        return _check_accepted(Check(name=name, state="good", message="is read under this name"), name, value)
    if name == "MODEL_FAST_ID":
        return _check_model(name, value, "model at the call")
    if name in _MAPPED:
        return _SPECIAL.get(name, _check_as_is)(name, value, _MAPPED[name])
    if reason := _NOT_NEEDED.get(name):
        return Check(name=name, state="good", message=reason)
    if reason := _NOT_HERE.get(name):
        return Check(name=name, state="poor", message=reason)
    return Check(name=name, state="poor", message="nothing here reads it")


@cache
def _list_known_variables() -> frozenset[str]:
    ours = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)} - {f"{PREFIX}BASE_URLS"}
    addresses = {f"{PREFIX}{name.upper()}{BASE_URL}" for name in list_addressed()}
    holders = (*list_holders().values(), *OWN_HOLDERS.values(), *WEBHOOK_HOLDERS.values())
    keys = {variable for holder in holders for variable in holder.variables}
    return _READ | ours | addresses | keys | {f"{CLIENT}{name.upper()}" for name in CLIENT_NAMES}


def _check_accepted(check: Check, ours: str, value: str) -> Check:
    """Return ``check``; if the setting ``ours`` does not accept the value, return a check that says so without it."""
    if not ours.startswith(PREFIX) or not value:
        return check
    try:
        load_settings({f"{PREFIX}HOME": "/nowhere", ours: value})
    except BadInput as error:
        return Check(name=check.name, state="poor", message=f"→ {ours}; its value is not accepted", fix=error.accepted)
    return check


def _check_as_is(name: str, value: str, ours: str) -> Check:
    return Check(name=name, state="good", message=f"→ {ours}={value[:QUOTED_CHARS]}" if value else f"→ {ours}")


def _check_model(name: str, value: str, ours: str) -> Check:
    """Check a model's old name: gives its present id, and the successor of a retired model."""
    try:
        row = find_model(value)
    except BadInput as error:
        return Check(
            name=name, state="poor", message=f"→ {ours}; {value[:QUOTED_CHARS]!r} is no model here", fix=error.accepted
        )
    if is_retired(row) and (twins := list_twins(row)):
        return Check(name=name, state="good", message=f"→ {ours}={row.id}, which programs get as {twins[0].id}")
    if is_retired(row):
        then = row.lifecycle.successor
        fix = f"{ours}={then}" if then else "choose a video model"
        return Check(name=name, state="poor", message=f"→ {ours}; {row.name} is retired", fix=fix)
    if row.kind != "video":
        fix = "choose a video model"
        return Check(name=name, state="poor", message=f"→ {ours}; {row.name} makes no video", fix=fix)
    if "text_to_video" not in row.modes:
        fix = f"{PREFIX}STILLS=MODEL draws them: choose an image model"
        return Check(name=name, state="good", message=f"→ {ours}={row.id}, which starts from stills", fix=fix)
    return Check(name=name, state="good", message=f"→ {ours}={row.id}")


def _check_number(name: str, value: str, ours: str) -> Check:
    """Check a whole number; of a size such as ``720x720`` the smaller side counts."""
    number = _parse_number(value)
    if number is None:
        return Check(
            name=name, state="poor", message=f"→ {ours}; {value[:QUOTED_CHARS]!r} is no whole number", fix=f"{ours}=…"
        )
    return _check_accepted(Check(name=name, state="good", message=f"→ {ours}={number}"), ours, str(number))


def _parse_number(value: str) -> int | None:
    found = [int(one) for one in re.findall(r"\d+", value)]
    if not found or not re.fullmatch(r"[\d\s,x×()*]+", value):
        return None
    return min(found) if "*" not in value else math.prod(found)


def _write_bytes(value: str) -> str:
    """Write a number of bytes. A number below 1024 counts as megabytes, as in the old documentation."""
    return f"{value} * 1024 * 1024" if value.isdigit() and int(value) < 1024 else value


def _check_bytes(name: str, value: str, ours: str) -> Check:
    return _check_number(name, _write_bytes(value), ours)


def _check_bucket(name: str, value: str, ours: str) -> Check:
    return Check(
        name=name, state="good", message=f"→ {ours}={_write_folder(value)[:QUOTED_CHARS]}" if value else f"→ {ours}"
    )


def _write_folder(value: str) -> str:
    bare = value.removeprefix("gs://").strip("/")
    return f"gs://{bare}/veo_outputs" if bare else ""


def _check_switch(name: str, value: str, ours: str) -> Check:
    state = _write_switch(value)
    if not state:
        return Check(name=name, state="poor", message=f"→ {ours}; {value[:QUOTED_CHARS]!r} is neither true nor false")
    return Check(name=name, state="good", message=f"→ {ours}={state}")


def _write_switch(value: str) -> str:
    """Write a truth value as ``send`` or ``never``; empty if it is none."""
    word = value.lower()
    return "send" if word in _TRUE else "never" if word in _FALSE else ""


def _check_profile(name: str, value: str, ours: str) -> Check:
    level = _write_level(value)
    if not level:
        return Check(name=name, state="good", message="not needed: serve and worker run as in production")
    fix = "make dev starts the server anew when a file changes"
    return Check(name=name, state="good", message=f"→ {ours}={level}", fix=fix)


def _write_level(value: str) -> str:
    """Write the log level of a profile for development; empty for another, whose level is the usual one."""
    return "debug" if value.lower() in {"development", *_TRUE} else ""


def _check_credentials(name: str, value: str, ours: str) -> Check:
    fix = "pip install 'reelwright[vertex]'"
    if value and not Path(value).expanduser().is_absolute():
        fix += "; a path that is not absolute is taken from the folder you run in"
    return Check(name=name, state="good", message=f"→ {ours}={value[:QUOTED_CHARS]}", fix=fix)


def _check_database(name: str, value: str, ours: str) -> Check:
    """Check only the kind of database: its address may hold a password. No database is opened."""
    kind = value.partition("://")[0] if "://" in value else ""
    fix = "an empty database of its own: nothing of the older system's is taken over"
    if kind in ("postgresql", "postgresql+psycopg", "sqlite"):
        return Check(name=name, state="good", message=f"→ {ours}, the same value ({kind})", fix=fix)
    if kind == "postgres" or kind.startswith("postgresql+"):
        message = f"→ {ours}, the same value with postgresql:// in place of {kind[:20]}://"
        return Check(name=name, state="good", message=message, fix=fix)
    return Check(
        name=name,
        state="poor",
        message=f"→ {ours}; {kind[:20] or 'this'} is no kind it takes",
        fix=f"{ours}=postgresql://user@host/name",
    )


_SPECIAL: Final[Mapping[str, Callable[[str, str, str], Check]]] = {
    "MODEL_ID": _check_model,
    "DEFAULT_MODEL": _check_model,
    "CONCURRENT_JOB_LIMIT": _check_number,
    "MAX_IMAGE_SIZE": _check_bytes,
    "MIN_IMAGE_RESOLUTION": _check_number,
    "OUTPUT_GCS_BUCKET_NAME": _check_bucket,
    "SERVICE_ACCOUNT_KEY_PATH": _check_credentials,
    "DATABASE_URL": _check_database,
    "WEBHOOK_ENABLED": _check_switch,
    **dict.fromkeys(("FLASK_ENV", "FLASK_DEBUG"), _check_profile),
}
_CONVERT: Final[Mapping[str, Callable[[str], str]]] = {
    "CONCURRENT_JOB_LIMIT": lambda value: str(_parse_number(value)),
    "MIN_IMAGE_RESOLUTION": lambda value: str(_parse_number(value)),
    "MAX_IMAGE_SIZE": lambda value: str(_parse_number(_write_bytes(value))),
    "OUTPUT_GCS_BUCKET_NAME": _write_folder,
    "SERVICE_ACCOUNT_KEY_PATH": lambda value: str(Path(value).expanduser()),
    "WEBHOOK_ENABLED": _write_switch,
    **dict.fromkeys(("FLASK_ENV", "FLASK_DEBUG"), _write_level),
}
"""What the value of a variable becomes under its name here; other values stay."""
