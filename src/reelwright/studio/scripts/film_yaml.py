"""Reads and writes ``film.yaml``: a project as one versioned document. Reading what was written gives equal values.

Lengths are seconds with millisecond precision, which is exact to the frame at every rate below 500 per second. A beat's
start and length follow from its shots. Defaults are left out. A material is ``@name``. Documented in docs/film-file.md.

Version 2 names the fields as Python does. Version 1 used the stored spelling; it is still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.yaml_text import parse_text
from reelwright.reel.base.document import from_public, to_public
from reelwright.reel.base.stored_fields import to_public_names
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_FILM_FILE_BYTES
from reelwright.studio.scripts.film_yaml_plan import decode_plan, drop_defaults, encode_plan

SCHEMA: Final = 2
NAME: Final = "film.yaml"
_KEYS: Final = ("film", "project", "revision", "materials", "brief", "plan", "choices")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmDocument:
    """The content of a ``film.yaml``: one revision of a project.

    ``materials``: file name relative to the document, by digest.
    """

    project: str | None
    revision: int
    brief: Brief
    plan: Plan
    choices: Choices
    materials: Mapping[Digest, str]


def write(
    project: str, revision: int, brief: Brief, plan: Plan, choices: Choices, materials: Mapping[Digest, str]
) -> str:
    """Return one revision of a project as the text of a ``film.yaml``; writes no file.

    ``materials``: file name relative to the document, by digest.
    """
    names = {digest: f"@{file}" for digest, file in materials.items()}
    document = {
        "film": SCHEMA,
        "project": project,
        "revision": revision,
        "materials": [{"file": file, "sha256": digest} for digest, file in materials.items()],
        "brief": _replace_asset_names(drop_defaults(brief, to_public(brief)), names),
        "plan": _replace_asset_names(encode_plan(plan), names),
        "choices": _replace_asset_names(drop_defaults(choices, to_public(choices)), names),
    }
    text: str = late.yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)
    return text


def read(text: str | bytes) -> FilmDocument:
    """Parse the text of a ``film.yaml``. Raises ``BadInput`` naming the path inside the document that is wrong."""
    document = _parse(text)
    if unknown := set(document) - set(_KEYS):
        raise BadInput(NAME, min(map(str, unknown)), f"keys among {', '.join(_KEYS)}")
    version = document.get("film")
    if version not in (1, SCHEMA) or isinstance(version, bool):
        raise BadInput(f"{NAME}.film", version, f"{SCHEMA}, the version of this document's schema, or 1")
    materials = _materials(document.get("materials") or [])
    digests = {f"@{file}": digest for digest, file in materials.items()}
    body = {key: _replace_asset_names(_mapping(document, key), digests) for key in ("brief", "plan")}
    body["choices"] = _replace_asset_names(document.get("choices") or {}, digests)
    if version == 1:
        kinds = {"brief": Brief, "plan": Plan, "choices": Choices}
        body = {key: to_public_names(kinds[key], value) for key, value in body.items()}
    revision = document.get("revision", 0)
    if isinstance(revision, bool) or not isinstance(revision, int) or revision < 0:
        raise BadInput(f"{NAME}.revision", revision, "a whole number from 0")
    project = document.get("project")
    if project is not None and not isinstance(project, str):
        raise BadInput(f"{NAME}.project", project, "the id of a project, or nothing")
    return FilmDocument(
        project=project,
        revision=revision,
        brief=from_public(Brief, body["brief"], f"{NAME}.brief"),
        plan=from_public(Plan, decode_plan(body["plan"], f"{NAME}.plan"), f"{NAME}.plan"),
        choices=from_public(Choices, body["choices"], f"{NAME}.choices"),
        materials=materials,
    )


def _parse(text: str | bytes) -> dict[str, Any]:
    if len(text) > MAX_FILM_FILE_BYTES:
        raise BadInput(NAME, f"{len(text)} bytes", f"at most {MAX_FILM_FILE_BYTES} bytes")
    try:
        return parse_text(text if isinstance(text, str) else text.decode("utf-8"), NAME)
    except UnicodeDecodeError as cause:
        raise BadInput(NAME, str(cause), "text in UTF-8") from cause


def _mapping(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    if not isinstance(value, dict):
        raise BadInput(f"{NAME}.{key}", value, "a mapping")
    return value


def _materials(rows: Any) -> dict[Digest, str]:
    found: dict[Digest, str] = {}
    if not isinstance(rows, list):
        raise BadInput(f"{NAME}.materials", rows, "a list of {file, sha256}")
    for n, row in enumerate(rows):
        if not isinstance(row, dict) or set(row) != {"file", "sha256"} or not _is_digest(row["sha256"]):
            raise BadInput(f"{NAME}.materials.{n}", row, "{file: materials/…, sha256: 64 hexadecimal digits}")
        file = row["file"]
        if not isinstance(file, str) or file.startswith(("/", "~")) or ".." in file.split("/") or "\\" in file:
            raise BadInput(f"{NAME}.materials.{n}.file", file, "a path below the folder of film.yaml")
        found[Digest(row["sha256"])] = file
    return found


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdef" for c in value)


def _replace_asset_names(value: Any, names: Mapping[Any, str], key: str = "") -> Any:
    """Return ``value`` with the texts under keys ``asset``, ``image`` and ``font`` replaced by entries of ``names``."""
    if isinstance(value, dict):
        return {inner: _replace_asset_names(item, names, str(inner)) for inner, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace_asset_names(item, names) for item in value]
    return names.get(value, value) if isinstance(value, str) and key in ("asset", "image", "font") else value
