"""``Settings``: built once per program from defaults < file < environment < flags, and passed down."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from reelwright import late_libraries as late
from reelwright.errors import BadInput
from reelwright.known_providers import list_addressed
from reelwright.lease_and_heartbeat import DEFAULT_LEASE_S, MAX_LEASE_S, MIN_LEASE_S
from reelwright.units import Micros, format_number, format_usd, is_json_number, parse_usd
from reelwright.yaml_faults import build_syntax_error

PREFIX = "REELWRIGHT_"
BASE_URL: Final = "_BASE_URL"
_BUCKET: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,221}")
_PREFIX: Final = re.compile(r"(/[A-Za-z0-9._=@+-]{1,200}){0,20}/?")
_DOWNLOADS_ACCEPTED: Final = {
    "downloads_url": "the https address of the network, such as https://d111111abcdef8.cloudfront.net",
    "downloads_key_id": "the id of a public key at CloudFront, such as K2JCJMDEHXQW5F",
}
_KEY_ID: Final = re.compile(r"[A-Z0-9]{8,40}")
_NUMBERS: Final = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a user: where things are stored and how work is run. They never hold secrets.

    home: folder of all that a user owns. database: SQLAlchemy URL; empty means a SQLite file in ``home``. hands:
    processes that draw and encode; 0 means one per core. hands_runner: ``here``, in processes of this machine, or
    ``ray``, as tasks of a Ray cluster (without an address, of one that is started here); every node must reach the home
    at the same path. ray_address: ``ray://HOST:PORT`` of the Ray cluster whose nodes run engines, and hands if they are
    ``ray``; empty: engines run on this machine. lease_s: seconds after which a director without a heartbeat loses its
    projects. tries: how often, in all, the same order is bought when the provider accepted it and failed for a reason
    that may pass. write_off_usd: a text call without an answer that costs no more is written off and sent again
    automatically (0: never); nothing else is ever sent again without a person's decision. jobs_at_once: how many jobs
    of the queue run at once, over all directors (a job that is named, as ``make`` does, does not wait for others).
    ffmpeg: program to run; empty means the one that comes with the package. engine_python: interpreter that runs the
    engine ``own``, where torch is not installed beside this package; empty: this one. model_licences: ``any``, or only
    those that permit ``commercial`` use, for models of one's own. films_folder: where films are copied to unless a call
    names a place; empty: to where one stands, for commands, else to ``films`` in the home. hub_url: the hub that
    ``models fetch`` downloads weights from, or a mirror of it; nothing else reaches it. base_urls: addresses by
    provider that replace its own (``REELWRIGHT_OPENROUTER_BASE_URL`` …). model: the AI video model where a call names
    none; empty: films are drawn (``--model animatic`` draws in any case). stills: the image model that draws the first
    frames of takes, where a film's model starts from a picture and neither call nor flavor names one; empty: such a
    film is refused with a message that names what is missing. image_bytes, image_side: most bytes and least pixels of a
    picture that is sent to an AI model as a frame or a reference. retired: ``refuse`` a retired model; or, where a
    program asks for it in a dialect, buy the ``same`` model where it is still sold for no more, and say so; or use also
    its ``successor``. private_webhooks: ``refuse`` to send webhooks to this machine and to private networks, or
    ``allow`` it. webhooks: ``send`` them, or ``never``. public_url: the https address at which browsers and providers
    reach the server; providers are told to report there. vault_url: bucket and prefix of an object store that keeps all
    assets, such as ``s3://films/studio``; empty: the folder ``vault`` in ``home``. vault_endpoint: where that store
    answers, if it is not its maker's own. vault_cache_gb: about how many GB of it are kept in that folder too.
    downloads: who sends the files that a server links to: the ``server`` itself, the ``bucket`` of the vault (an S3
    store, by presigned addresses), or ``cloudfront`` before that bucket, by signed addresses. downloads_url: the https
    address of that network, such as ``https://d111111abcdef8.cloudfront.net``; downloads_key_id: the id that it gave
    the public key. log_level: from which level on the program logs to standard error (debug, info, warning, error);
    empty: nothing. log_format: ``text``, or ``json`` for one object a line. account_jobs, account_projects_per_hour,
    account_assets, account_mb: the most that one account of a server may have of jobs that wait or run, of projects
    opened within an hour, of files in the vault, and of MB in them (10^6 bytes). oidc_…: who may sign in, see
    ``server.sign_in.sign_in_options``; without oidc_issuer nobody can.
    """

    home: Path
    database: str = ""
    account: str = "local"
    hands: int = 0
    hands_runner: str = "here"
    ray_address: str = ""
    lease_s: int = DEFAULT_LEASE_S
    tries: int = 2
    write_off_usd: str = "0.05"
    jobs_at_once: int = 2
    ffmpeg: str = ""
    engine_python: str = ""
    model_licences: str = "any"
    hub_url: str = "https://huggingface.co"
    preset: str = "veryfast"
    crf: int = 20
    films_folder: str = ""
    model: str = ""
    stills: str = ""
    image_bytes: int = 10 * 1024 * 1024
    image_side: int = 720
    retired: str = "same"
    private_webhooks: str = "refuse"
    webhooks: str = "send"
    public_url: str = ""
    vault_url: str = ""
    vault_endpoint: str = ""
    vault_cache_gb: int = 50
    downloads: str = "server"
    downloads_url: str = ""
    downloads_key_id: str = ""
    log_level: str = ""
    log_format: str = "text"
    account_jobs: int = 10_000
    account_projects_per_hour: int = 10_000
    account_assets: int = 500_000
    account_mb: int = 1_000_000
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_scopes: str = "openid profile email"
    oidc_roles_claim: str = "roles"
    oidc_roles: str = ""
    oidc_domains: str = ""
    oidc_default_role: str = ""
    oidc_account: str = ""
    base_urls: Mapping[str, str] = field(default_factory=dict)

    @property
    def write_off_micros(self) -> Micros:
        """The setting ``write_off_usd`` in micro-dollars: a text purchase of at most this price is written off if its
        answer is lost.
        """
        return parse_usd(self.write_off_usd, "write_off_usd")

    @property
    def database_url(self) -> str:
        """SQLAlchemy URL of the journal: the setting ``database``, else a SQLite file in ``home``."""
        return self.database or f"sqlite:///{self.home / 'journal.db'}"

    @property
    def vault(self) -> Path:
        """Folder of the vault, which stores the assets of all accounts; with a ``vault_url``, of copies of them."""
        return self.home / "vault"

    @property
    def films(self) -> Path:
        """Folder in the home that finished films are copied to where nothing names another."""
        return self.home / "films"

    @property
    def flavors(self) -> Path:
        """Folder of the user's own flavors, as YAML files."""
        return self.home / "flavors"

    @property
    def looks(self) -> Path:
        """Folder of the user's own looks, as YAML files."""
        return self.home / "looks"

    @property
    def uploads(self) -> Path:
        """Folder of unfinished uploads to the server."""
        return self.home / "uploads"

    @property
    def workrooms(self) -> Path:
        """Folder of the temporary files of worker processes, such as those of encoding."""
        return self.home / "workrooms"


def load_settings(environ: Mapping[str, str] | None = None, **flags: Any) -> Settings:
    """Load the settings from ``home/settings.yaml``, the environment (``REELWRIGHT_…``) and ``flags``; the last one
    wins.

    Flags that are None do not count. Raises ``BadInput`` for an unknown key of the file and for a value that is not
    accepted.
    """
    environ = os.environ if environ is None else environ
    home = Path(flags.get("home") or environ.get(f"{PREFIX}HOME") or _data_folder()).expanduser().absolute()
    given: dict[str, Any] = _from_file(home / "settings.yaml")
    variables: dict[str, str] = {}
    for known in fields(Settings):
        if known.name not in ("home", "base_urls") and (value := environ.get(f"{PREFIX}{known.name.upper()}")):
            given[known.name], variables[known.name] = value, f"{PREFIX}{known.name.upper()}"
    given["base_urls"] = {**_base_urls(given.get("base_urls")), **_base_urls_of(environ)}
    flags = {name: value for name, value in flags.items() if value is not None and name != "home"}
    shown = variables | {name: name for name in flags}
    given |= flags
    typed = {name: _typed(name, value, shown.get(name, name)) for name, value in given.items()}
    if typed.get("vault_endpoint") and not typed.get("vault_url"):  # else the files would stay on this machine, unsaid
        endpoint = shown.get("vault_endpoint", "vault_endpoint")
        raise BadInput(endpoint, typed["vault_endpoint"], "an endpoint beside a vault_url, such as s3://BUCKET/PREFIX")
    found = Settings(home=home, **typed)
    check_downloads(found, lambda name: shown.get(name, name))
    return found


def check_downloads(settings: Settings, show: Callable[[str], str] = str) -> None:
    """Check that the settings ``downloads…`` fit one another and the vault. Raises ``BadInput``.

    ``show``: returns what a person called a setting, such as a variable.
    """
    by, store = settings.downloads, settings.vault_url
    if by != "server" and not store.startswith("s3://"):
        where = store or f"the folder {settings.vault}"
        accepted = (
            f"server, since the files are in {where}; bucket and cloudfront beside a vault_url s3://BUCKET/PREFIX"
        )
        raise BadInput(show("downloads"), by, accepted)
    for name in ("downloads_url", "downloads_key_id"):
        value = getattr(settings, name)
        if by == "cloudfront" and not value:
            raise BadInput(show(name), value, _DOWNLOADS_ACCEPTED[name], hint="downloads is cloudfront")
        if by != "cloudfront" and value:  # else people would take the address of the network for the one in force
            raise BadInput(show(name), value, "nothing, unless downloads is cloudfront")


def validate_base_url(name: str, value: str) -> str:
    """Return the URL ``value`` without a slash at its end; raise ``BadInput`` unless it is https, or http to this
    machine.

    ``name``: of the setting, for the error. Raises ``BadInput``, also for a URL with a user, a query or a fragment.
    """
    accepted = "an https URL without user, query or fragment; plain http only to localhost, 127.0.0.1 or [::1]"
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError as cause:
        raise BadInput(name, _without_user(value), accepted) from cause
    plain = value.isascii() and value.isprintable() and " " not in value and "@" not in parts.netloc and port != 0
    if not (plain and host and parts.scheme in ("http", "https")) or "?" in value or "#" in value:
        raise BadInput(name, _without_user(value), accepted)
    if parts.scheme == "http" and not is_loopback(host):
        raise BadInput(name, value, accepted, hint="a key sent over plain http can be read on the way")
    return value.rstrip("/")


def validate_vault_url(name: str, value: str) -> str:
    """Check the URL of a bucket and prefix, and return it without a slash at its end. Raises ``BadInput``.

    ``name``: of the setting, for the error.
    """
    scheme, _, rest = value.partition("://")
    bucket, slash, path = rest.partition("/")
    is_bucket = scheme in ("s3", "gs", "az") and _BUCKET.fullmatch(bucket)
    if not (is_bucket and _PREFIX.fullmatch(slash + path)) or {".", ".."} & set(path.split("/")):
        accepted = "s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX, without credentials"
        hint = "credentials are read as the store's own tools read them, for example from AWS_PROFILE"
        raise BadInput(name, _without_user(value), accepted, hint=hint)
    return value.rstrip("/")


def _validate_endpoint(name: str, value: str) -> str:
    """Check where an object store answers; plain http is accepted, since a signed request holds no secret."""
    accepted = "an http or https URL without user, query or fragment"
    try:
        parts = urlsplit(value)
        is_place = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError as cause:
        raise BadInput(name, _without_user(value), accepted) from cause
    is_plain = value.isascii() and value.isprintable() and not set(" ?#") & set(value) and "@" not in parts.netloc
    if not (is_place and is_plain):
        raise BadInput(name, _without_user(value), accepted)
    return value.rstrip("/")


def _validate_ray_address(name: str, value: Any) -> str:
    """Return the address of a Ray client server. Raises ``BadInput``."""
    try:
        parts = urlsplit(str(value))
        is_place = parts.scheme == "ray" and bool(parts.hostname and parts.port)
    except ValueError:
        is_place = False
    if not is_place or value != f"ray://{parts.netloc}" or "@" in parts.netloc:
        raise BadInput(name, value, "ray://HOST:PORT, such as ray://ray:10001")
    return str(value)


def is_loopback(host: str) -> bool:
    """Whether ``host`` is ``localhost`` or a loopback IP address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _base_urls_of(environ: Mapping[str, str]) -> dict[str, str]:
    found = {
        name.removeprefix(PREFIX).removesuffix(BASE_URL).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name.endswith(BASE_URL) and value
    }
    return _base_urls(found, lambda name: f"{PREFIX}{name.upper()}{BASE_URL}")


def _base_urls(found: Any, shown: Callable[[str], str] = "base_urls.{}".format) -> dict[str, str]:
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise BadInput("base_urls", found, "a mapping from providers to URLs")
    for name, value in found.items():
        if name not in list_addressed():
            raise BadInput(shown(str(name)), name, ", ".join(list_addressed()))
        if not isinstance(value, str):
            raise BadInput(shown(name), value, "a URL")
    return {name: validate_base_url(shown(name), value) for name, value in found.items()}


def _without_user(url: str) -> str:
    """Return ``url`` with its user and password hidden, for error messages."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://…@{rest.rpartition('@')[2]}" if "@" in rest else url


def _data_folder() -> Path:
    return Path(late.platformdirs.user_data_dir("reelwright", appauthor=False))


def _build_loader() -> Any:
    """Build a YAML loader that reads a number only as JSON spells it; ``1_000`` and ``+5`` stay text."""

    class Loader(late.yaml.SafeLoader):
        """Loader whose numbers are those of JSON."""

    def construct_number(loader: Any, node: Any) -> Any:
        return default[node.tag](loader, node) if is_json_number(node.value) else node.value

    default = {tag: late.yaml.SafeLoader.yaml_constructors[tag] for tag in _NUMBERS}
    for tag in _NUMBERS:
        Loader.add_constructor(tag, construct_number)
    return Loader


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}

    try:
        text = path.read_bytes()
    except OSError as cause:
        raise BadInput(str(path), cause.strerror, "a file that can be read") from cause
    try:
        found = _build_loader()(text.decode()).get_single_data() or {}
    except (late.yaml.YAMLError, ValueError) as cause:
        raise build_syntax_error(cause, text, str(path), "YAML in UTF-8", is_private=True) from cause
    known = {one.name for one in fields(Settings)} - {"home"}
    if not isinstance(found, dict) or (unknown := set(found) - known):
        name = ", ".join(sorted(map(str, unknown))) if isinstance(found, dict) else type(found).__name__
        raise BadInput(str(path), name, f"a mapping with keys among {', '.join(sorted(known))}")
    return found


def _typed(name: str, value: Any, shown: str) -> Any:
    """Return the value of the setting ``name``. ``shown``: what a person called it, such as a variable."""
    if name == "base_urls":
        return value
    if name == "downloads_key_id" and value and not _KEY_ID.fullmatch(str(value)):
        raise BadInput(shown, value, _DOWNLOADS_ACCEPTED[name])
    if name in ("public_url", "hub_url", "downloads_url") and value:
        return validate_base_url(shown, str(value))
    if name == "vault_url" and value:
        return validate_vault_url(shown, str(value))
    if name == "ray_address" and value:
        return _validate_ray_address(shown, value)
    if name == "films_folder" and value:
        folder = Path(str(value)).expanduser()
        if not folder.is_absolute():
            raise BadInput(shown, value, "the whole path of a folder, such as ~/Videos")
        return str(folder)
    if name == "vault_endpoint" and value:
        return _validate_endpoint(shown, str(value))
    if name == "write_off_usd":
        plain = format_number(value) if isinstance(value, float) else str(value)
        return format_usd(parse_usd(plain, shown))
    numbers = {
        "tries": (1, 9), "jobs_at_once": (1, 10_000), "hands": (0, 256), "crf": (0, 51),
        "lease_s": (MIN_LEASE_S, MAX_LEASE_S),
        "image_bytes": (10_000, 1 << 30), "image_side": (16, 8192), "vault_cache_gb": (1, 1_000_000),
        "account_jobs": (1, 10**9), "account_projects_per_hour": (1, 10**9), "account_assets": (1, 10**12),
        "account_mb": (1, 10**12),
    }  # fmt: skip
    words = {
        "retired": ("same", "refuse", "successor"), "private_webhooks": ("refuse", "allow"), "log_level": LOG_LEVELS,
        "webhooks": ("send", "never"), "log_format": LOG_FORMATS, "hands_runner": ("here", "ray"),
        "model_licences": ("any", "commercial"), "downloads": ("server", "bucket", "cloudfront"),
    }  # fmt: skip
    if name in words and value not in words[name]:
        raise BadInput(shown, value, ", ".join(words[name]))
    if name not in numbers:
        if not isinstance(value, str):
            raise BadInput(shown, value, "text")
        return value
    low, high = numbers[name]
    try:
        number = int(value)
    except (TypeError, ValueError) as cause:
        raise BadInput(shown, value, f"a whole number from {low} to {high}") from cause
    if not low <= number <= high:
        raise BadInput(shown, value, f"a whole number from {low} to {high}")
    return number
