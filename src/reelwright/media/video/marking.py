"""Marks in a finished film: its title, and in the terms of IPTC how its pictures came to be."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from reelwright.errors import BadInput
from reelwright.media.base.boxes import append_box, read_box

XMP_BOX: Final = uuid.UUID("be7acfcb-97a9-42e8-9c71-999491e3afac")
"""Box of an MP4 that holds XMP. Source: Adobe XMP specification part 3, 1.2.7.1."""
_TOOL: Final = 'xmp:CreatorTool="Reelwright"'
_VOCABULARY: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SOURCE_TYPES: Final = (
    "algorithmicMedia",
    "composite",
    "compositeCapture",
    "compositeWithTrainedAlgorithmicMedia",
    "digitalCapture",
    "trainedAlgorithmicMedia",
)
"""Terms of IPTC's NewsCodes that apply to our films. Source: craft.md 7.4, read 2026-11-20."""
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def mark(path: Path, source_type: str, title: str) -> None:
    """Append the film's title and its ``digitalSourceType`` to a finished mp4, as an XMP packet.

    Raises ``BadInput`` on an unknown term.
    """
    append_box(path, XMP_BOX, build_packet(source_type, title).encode())


def read_source_type(path: Path) -> str | None:
    """Read the term of ``digitalSourceType`` that a film carries, or None."""
    body = read_box(path, XMP_BOX)
    found = re.search(re.escape(_VOCABULARY) + r"(\w+)", body.decode("utf-8", "replace")) if body else None
    return found.group(1) if found else None


def is_ours(path: Path) -> bool:
    """Return whether a file carries our packet: Reelwright made the film, here or elsewhere."""
    body = read_box(path, XMP_BOX)
    return body is not None and _TOOL.encode() in body


def build_packet(source_type: str, title: str) -> str:
    """Build the XMP packet that tells a film's ``digitalSourceType`` and title, escaped."""
    if source_type not in SOURCE_TYPES:
        raise BadInput("source_type", source_type, ", ".join(SOURCE_TYPES))
    return f"""<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
    {_TOOL}
    Iptc4xmpExt:DigitalSourceType="{_VOCABULARY}{source_type}">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(strip_unprintable(title))}</rdf:li></rdf:Alt></dc:title>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


def write_metadata(path: Path, title: str) -> Path:
    """Write ffmpeg's metadata file: user text goes in here, escaped, and never into an argument."""
    escaped = re.sub(r"([=;#\\\n])", r"\\\1", strip_unprintable(title).replace("\r\n", "\n").replace("\r", "\n"))
    path.write_bytes(f";FFMETADATA1\ntitle={escaped}\ncomment=Made with Reelwright\n".encode())
    return path


def strip_unprintable(text: str) -> str:
    """Remove from ``text`` what neither XML nor a metadata file can hold: control characters and lone surrogates."""
    return _UNPRINTABLE.sub("", text)
