"""Pictures as data URIs: placeholders in a prepared body are replaced by text when it is sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.protocol import Read
from reelwright.reel.base.value import Digest


def make_placeholder(picture: Picture) -> dict[str, str]:
    """Return the placeholder that stands for a picture's bytes in a prepared request."""
    return {ASSET: picture.asset, "mime": picture.mime}


async def embed_data_uris(value: Any, read: Read) -> Any:
    """Return ``value`` with every placeholder of a picture replaced by the data URI of its bytes."""
    if isinstance(value, Mapping):
        if set(value) == {ASSET, "mime"}:
            return f"data:{value['mime']};base64,{base64.b64encode(await read_bytes(value[ASSET], read)).decode()}"
        return {key: await embed_data_uris(part, read) for key, part in value.items()}
    if isinstance(value, list):
        return [await embed_data_uris(part, read) for part in value]
    return value


async def read_bytes(digest: str, read: Read) -> bytes:
    """Read all bytes of an asset of the vault into memory."""
    return b"".join([part async for part in read(Digest(digest))])
