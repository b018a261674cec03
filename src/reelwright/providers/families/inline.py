"""Films inside JSON: base64 values are taken out of an answer while it streams, so that none is held in memory."""

from __future__ import annotations

import binascii
import re
from collections.abc import AsyncIterator, Collection
from typing import Any, Final

from reelwright.net.closing import ensure_closed
from reelwright.net.http_response import parse_json
from reelwright.providers.policy import MAX_BYTES_BESIDE_FILMS

INLINE: Final = "inline:"
"""Prefix of the placeholder for a value that was taken out of an answer: ``inline:0`` for the first."""
_NUMBER: Final = re.compile(r"inline:([0-9]{1,6})")
_UNUSED: Final = b"\r\n\t "
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_ESCAPES: Final = {b"\\/": b"/", b"\\n": b"", b"\\r": b"", b"\\t": b""}


def parse_inline_index(url: str) -> int | None:
    """Return n of the placeholder ``inline:n``, which stands for the n-th value taken out of an answer; None for other
    URLs.
    """
    found = _NUMBER.fullmatch(url)
    return int(found[1]) if found else None


class InlineExtractor:
    """Streaming parser of a JSON response that takes out the long base64 values of the members ``names`` and keeps the
    rest.

    ``index``: which of the values ``feed`` returns, decoded; the others are dropped. Raises ``ValueError`` for a value
    that is no base64, and for an answer whose other JSON exceeds 16 MiB.
    """

    def __init__(self, names: Collection[str], index: int | None = None) -> None:
        self._names = frozenset(name.encode() for name in names)
        self._wanted = index
        self._rest = bytearray()
        self._word = bytearray()
        self._between = bytearray()
        self._mode = "plain"  # plain | text (a string of the rest) | inline (a string taken out)
        self._escape = bytearray()
        self._base64 = bytearray()
        self.found = 0

    def feed(self, data: bytes) -> bytes:
        """Parse the next piece of the response; return the decoded bytes of the selected value that it contains."""
        got: list[bytes] = []
        at = 0
        while at < len(data):
            if self._escape:
                at = self._in_escape(data, at)
            elif self._mode == "plain":
                at = self._in_plain(data, at)
            else:
                at = self._in_string(data, at, got)
        if len(self._rest) > MAX_BYTES_BESIDE_FILMS:
            raise ValueError(f"an answer of more than {MAX_BYTES_BESIDE_FILMS} bytes besides its films")
        return b"".join(got)

    def parse_rest(self) -> Any:
        """Return the whole response as JSON, with ``inline:n`` in place of the values that were taken out. Raises
        ``ValueError`` if it is no JSON.
        """
        return parse_json(bytes(self._rest))

    def _in_plain(self, data: bytes, at: int) -> int:
        end = data.find(b'"', at)
        until = len(data) if end < 0 else end
        self._between += data[at:until].strip(_UNUSED)[:2]
        self._rest += data[at : until + 1]
        if end < 0:
            return until
        named = bytes(self._between) == b":" and bytes(self._word) in self._names
        self._mode = "inline" if named else "text"
        self._word.clear()
        self._between.clear()
        if named:
            self._rest += f"{INLINE}{self.found}".encode()
        return end + 1

    def _in_string(self, data: bytes, at: int, got: list[bytes]) -> int:
        quote = data.find(b'"', at)
        end = len(data) if quote < 0 else quote
        escape = data.find(b"\\", at, end)
        until = end if escape < 0 else escape
        if self._mode == "inline":
            self._take(data[at:until], got)
        else:
            self._rest += data[at:until]
            self._word += data[at:until][:64]
        if escape >= 0:
            self._escape += b"\\"
        elif quote >= 0:
            self._end_of_string(got)
        return until + 1

    def _end_of_string(self, got: list[bytes]) -> None:
        if self._mode == "inline":
            self._take(b"", got, last=True)
            self.found += 1
        self._rest += b'"'
        self._mode = "plain"

    def _in_escape(self, data: bytes, at: int) -> int:
        needed = 6 if self._escape[1:2] == b"u" or (len(self._escape) == 1 and data[at : at + 1] == b"u") else 2
        taken = data[at : at + needed - len(self._escape)]
        self._escape += taken
        if len(self._escape) == needed:
            whole = bytes(self._escape)
            self._escape.clear()
            if self._mode == "inline":
                self._base64 += chr(int(whole[2:], 16)).encode() if needed == 6 else _ESCAPES.get(whole, whole)
            else:
                self._rest += whole
        return at + len(taken)

    def _take(self, text: bytes, got: list[bytes], last: bool = False) -> None:
        if self.found != self._wanted:
            self._base64.clear()
            return
        self._base64 += text.translate(_URL_SAFE, _UNUSED)
        if last:
            self._base64 += b"=" * (-len(self._base64) % 4)
        ready = len(self._base64) // 4 * 4
        if ready:
            got.append(binascii.a2b_base64(self._base64[:ready], strict_mode=last))
            del self._base64[:ready]


async def decode_value(answer: AsyncIterator[bytes], names: Collection[str], index: int) -> AsyncIterator[bytes]:
    """Yield the decoded bytes of base64 value number ``index`` (from 0) of a JSON response while it streams. Raises
    ``ValueError`` if it is not there.
    """
    sieve = InlineExtractor(names, index)
    async with ensure_closed(answer):
        async for piece in answer:
            if got := sieve.feed(piece):
                yield got
    if sieve.found <= index:
        raise ValueError(f"the answer holds {sieve.found} films, and not number {index + 1}")


def parse_without_inline(answer: bytes, names: Collection[str]) -> Any:
    """Parse a whole response as JSON, with ``inline:n`` in place of its base64 films. Raises ``ValueError`` if it is no
    JSON.
    """
    sieve = InlineExtractor(names)
    sieve.feed(answer)
    return sieve.parse_rest()
