"""The duration of MP3 bytes, by counting frames without decoding them.

Source: ISO/IEC 11172-3 and 13818-3, frame header.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_KBPS_1: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2: Final = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_RATES: Final = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_VERSION_1: Final = 3
_LAYER_3: Final = 1


def measure_duration_ms(data: bytes) -> int | None:
    """Return the length of MP3 bytes in milliseconds, by their whole frames; None if no frame is found."""
    total = sum(2_000_000 * samples // rate for samples, rate in _iterate_frames(data))
    return (total + 1000) // 2000 if total else None


def _iterate_frames(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (samples, samples per second) of each frame."""
    at = _find_audio_start(data)
    while at + 4 <= len(data):
        found = _parse_frame(data[at : at + 4])
        if found is None:
            at += 1
            continue
        size, samples, rate = found
        if at + size > len(data):
            return
        yield samples, rate
        at += size


def _find_audio_start(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return min(10 + size, len(data))


def _parse_frame(head: bytes) -> tuple[int, int, int] | None:
    """Return (bytes, samples, samples per second) of a layer III frame; None if ``head`` does not start one."""
    if head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    bits, rate = head[2] >> 4, head[2] >> 2 & 3
    if version not in _RATES or layer != _LAYER_3 or bits in (0, 15) or rate == 3:
        return None
    per_second = _RATES[version][rate]
    samples = 1152 if version == _VERSION_1 else 576
    kbps = (_KBPS_1 if version == _VERSION_1 else _KBPS_2)[bits]
    return samples // 8 * kbps * 1000 // per_second + (head[2] >> 1 & 1), samples, per_second
