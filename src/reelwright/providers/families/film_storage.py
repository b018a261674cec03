"""Whether the user's Cloud Storage folder for Vertex's films can be written, read and emptied. Costs nothing."""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from reelwright.errors import Unreachable
from reelwright.net.http import HttpClient
from reelwright.providers.families.shapes import as_mapping, as_mappings, as_name
from reelwright.providers.families.veo_wires import Vertex
from reelwright.send_and_answer_waits import FILM_STORAGE_ANSWER_S

_PROBE: Final = b"Reelwright checks that this folder can be used; it deletes this object at once.\n"


async def check_film_storage(http: HttpClient, wire: Vertex) -> None:
    """Write a small object into ``wire.storage``, read it back and delete it.

    Raises ``Unreachable``, which names the request that was refused; the object may then stay. Source:
    cloud.google.com/storage/docs/json_api (objects: insert, get, delete), read 2026-11-23.
    """
    where = f"{wire.storage}/reelwright-probe-{uuid4().hex}.txt"
    at = wire.build_object_url(http.base, where)
    url, kind = wire.build_upload_url(http.base, where), {"content-type": "text/plain"}
    written = await http.send_public("POST", url, content=_PROBE, headers=kind, read_s=FILM_STORAGE_ANSWER_S)
    _require("write", where, written.status)
    read = await http.send_public("GET", f"{at}?alt=media", read_s=FILM_STORAGE_ANSWER_S)
    _require("read", where, read.status if read.status != 200 or read.body == _PROBE else 0)
    _require("deletion", where, (await http.send_free("DELETE", at, read_s=FILM_STORAGE_ANSWER_S)).status)


async def list_films(http: HttpClient, wire: Vertex, folder: str) -> list[str]:
    """List the places (``gs://…``) of all that lies in a purchase's folder. Raises ``Unreachable``.

    An operation is forgotten long before its films are, so it cannot be asked for them. Source:
    cloud.google.com/storage/docs/json_api (objects: list).
    """
    bucket, found, page = folder.removeprefix("gs://").partition("/")[0], list[str](), ""
    while True:
        answer = await http.get(wire.build_list_url(http.base, folder, page))
        _require("list", folder, answer.status)
        listed = as_mapping(answer.parse_json_or_none())
        found += [f"gs://{bucket}/{as_name(one.get('name'))}" for one in as_mappings(listed.get("items"))]
        page = as_name(listed.get("nextPageToken"))
        if not page:
            return found


def _require(request: str, where: str, status: int) -> None:
    """Raise ``Unreachable`` unless the request succeeded; status 0: it answered with other bytes."""
    if status not in (200, 204):
        fault = f"status {status}" if status else "other bytes"
        raise Unreachable(
            code="storage_refused", provider="Google's storage", request=request, where=where, fault=fault
        )
