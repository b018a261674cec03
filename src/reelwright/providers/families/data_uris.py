"""Pictures as data URIs: what stands by digest in a prepared body becomes text when it is sent."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from reelwright.providers.families.assets import ASSET, Picture
from reelwright.providers.protocol import Read
from reelwright.reel.noun import Digest


def by_digest(picture: Picture) -> dict[str, str]:
    """What stands for a picture in ``prepared``."""
    return {ASSET: picture.asset, "mime": picture.mime}


async def with_data_uris(value: Any, read: Read) -> Any:
    """``value`` with the data URI of its bytes in the place of every picture that stands there by digest."""
    if isinstance(value, Mapping):
        if set(value) == {ASSET, "mime"}:
            return f"data:{value['mime']};base64,{base64.b64encode(await whole(value[ASSET], read)).decode()}"
        return {key: await with_data_uris(part, read) for key, part in value.items()}
    if isinstance(value, list):
        return [await with_data_uris(part, read) for part in value]
    return value


async def whole(digest: str, read: Read) -> bytes:
    """All bytes of one input."""
    return b"".join([part async for part in read(Digest(digest))])
