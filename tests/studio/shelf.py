"""A provider that sells every model of the catalogue and delivers moving gradients, tones and pictures at once.

A plain class of the providers' protocol, for tests of what is asked for and what becomes of it.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import io
import struct
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.model_row import FailureCharges
from reelwright.catalogue.models import load_models
from reelwright.catalogue.price import compute_price
from reelwright.catalogue.snapping import get_short_side
from reelwright.media.base import ffmpeg
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress, Read
from reelwright.reel.base.document import from_plain, to_plain
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Input, Request, to_fingerprint_fields
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation

FOLDER: Path | None = None
"""Where clips and tones are kept for all processes of a run (``studio.prepared``); None: each draws its own."""

Answer = Callable[[Request], Progress | Exception | None]
"""What to say instead of delivering: a refusal, a filtered round; None delivers."""


class Shelf:
    """``smooth``: its clips begin on their first frame and end on their last. ``side``: the short side of its clips,
    which otherwise have the size that was asked for. ``rate``: their frames a second, few where nobody looks at them.
    ``lacks``: what they lack: ``length``, ``size`` or ``sound``.
    ``sent``: every request in the order in which it was sent, with the first bytes of its inputs.
    """

    name = "shelf"
    resubmit: Literal["never", "free"] = "never"

    def __init__(
        self,
        answer: Answer = lambda request: None,
        *,
        side: int | None = None,
        lacks: Collection[str] = (),
        rate: str = "8",
        more: int = 0,
        smooth: bool = False,
    ) -> None:
        self.answer, self.side, self.rate, self.more = answer, side, rate, more
        self.sent: list[tuple[Request, tuple[tuple[str, bytes], ...]]] = []
        self.smooth, self.lacks = smooth, lacks
        self._shown: dict[str, dict[str, bytes]] = {}

    @property
    def spent(self) -> int:
        return sum(compute_price(request).micros or 0 for request, _ in self.sent)

    def asked(self, kind: str) -> list[Request]:
        """Requests to models of a kind, such as ``video``."""
        return [request for request, _ in self.sent if load_models()[request.model].kind == kind]

    def list_models(self) -> frozenset[str]:
        return frozenset(load_models())

    def check(self, request: Request) -> None:
        check_request(request)

    def price(self, request: Request) -> Price:
        return compute_price(request)

    def get_failure_terms(self, model: str) -> FailureCharges:
        return load_models()[model].failures

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        heads = []
        shown = self._shown[purchase] = {}
        for needed, digest in inputs:
            data = b"".join([part async for part in read(digest)])
            heads.append([needed.role, data[:3].hex()])
            shown[needed.role] = data
        return {"purchase": purchase, "request": {**to_plain(request), "inputs": []}, "heads": heads}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        request = from_plain(Request, prepared["request"], "request")
        heads = tuple((role, bytes.fromhex(head)) for role, head in prepared["heads"])
        self.sent.append((request, heads))
        answer = self.answer(request)
        if isinstance(answer, Exception):
            raise answer
        if answer is not None:
            return answer
        outputs = []
        # A clip depends on its request and on how often that was sent, not on what else was: what tests make of equal
        # clips is then equal (studio/prepared.py), and a retake is still another one.
        turn = 1 + sum(request.samples + self.more for one, _ in self.sent[:-1] if one == request)
        for sample in range(request.samples + self.more):
            shown = self._shown.get(prepared["purchase"], {}) if self.smooth else {}
            data, mime, facts = await asyncio.to_thread(self._made, request, turn + sample, shown)
            outputs.append(Output(sample=sample, mime=mime, asset=await keep(_whole(data), mime), facts=facts))
        return Progress(state="succeeded", outputs=tuple(outputs), bill=compute_price(request))

    def _made(self, request: Request, turn: int, shown: Mapping[str, bytes]) -> tuple[bytes, str, dict[str, Any]]:
        kind = load_models()[request.model].kind
        if kind == "image":
            return drawn_picture(_size(request, 720), f"{to_fingerprint_fields(request)} {turn}"), "image/png", {}
        if kind == "video":
            seed = f"{to_fingerprint_fields(request)} {turn}"
            sound = bool(request.sound) or load_models()[request.model].sound == "always"
            size = _size(request, 180 if "size" in self.lacks else self.side)
            ms = 1000 if "length" in self.lacks else request.ms or 4000
            if "first_frame" in shown:
                first = shown["first_frame"]
                last = shown.get("last_frame", first)
                return _between(first, last, ms, size, seed, sound and "sound" not in self.lacks), "video/mp4", {}
            return drawn_clip(size, ms, seed, sound and "sound" not in self.lacks, self.rate), "video/mp4", {}
        ms = request.ms or 300 + 60 * len(request.prompt)
        return drawn_tone(ms), "audio/mpeg", {"duration_ms": ms}

    async def poll(self, operation: Operation) -> Progress:
        raise AssertionError("it answers with the result itself")

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        raise AssertionError("it answers with the result itself")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(
        self, prepared: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        return CannotTell()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None


def filtered(said: str = "the provider's filter") -> Progress:
    return Progress(state="refused", missing=(MissingSample(sample=0, reason="filtered", message=said),), message=said)


def _size(request: Request, side: int | None = None) -> tuple[int, int]:
    wide, high = (int(part) for part in (request.aspect or "16:9").split(":"))
    side = side or get_short_side(request.resolution or "720p")
    return side * wide // min(wide, high) // 2 * 2, side * high // min(wide, high) // 2 * 2


def _draw_once(draw: Callable[..., bytes]) -> Callable[..., bytes]:
    """Keep in ``FOLDER`` what ``draw`` makes of its arguments, for the other processes of the run."""

    @functools.wraps(draw)
    def drawn(*args: Any) -> bytes:
        if FOLDER is None:
            return draw(*args)
        path = FOLDER / hashlib.sha256(repr((draw.__name__, args)).encode()).hexdigest()
        if not path.exists():
            part = FOLDER / uuid4().hex
            part.write_bytes(draw(*args))
            part.replace(path)  # others see it whole, or not at all
        return path.read_bytes()

    return drawn


@functools.cache
@_draw_once
def _between(first_frame: bytes, last_frame: bytes, ms: int, size: tuple[int, int], seed: str, sound: bool) -> bytes:
    """From the first frame to the last, with grain, so that it is never frozen."""
    wide, high = _shrink(size)
    with tempfile.TemporaryDirectory() as folder:
        first, last, path = (Path(folder) / name for name in ("first.jpg", "last.jpg", "clip.mp4"))
        first.write_bytes(first_frame)
        last.write_bytes(last_frame)
        # Each picture is read and scaled once, then repeated: read for every frame it takes seven times as long.
        still = f"scale={wide}:{high},setsar=1,format=yuv420p,loop=loop=-1:size=1,settb=1/8,setpts=N"
        grain = f"noise=alls=10:allf=t:all_seed={int(_colours(seed)[0], 16)}"
        fade = f"xfade=fade:duration={ms / 1000 - 0.25}:offset=0,{grain}"
        fade += f",scale={size[0]}:{size[1]}:flags=neighbor"
        graph = f"[0:v]{still}[a];[1:v]{still}[b];[a][b]{fade}"
        coded = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p"]
        inputs = ["-framerate", "8", "-i", str(first), "-framerate", "8", "-i", str(last)]
        if sound:
            inputs += ["-f", "lavfi", "-i", f"sine=330:r=44100:d={ms / 1000}"]
            graph, coded = f"{graph}[v]", ["-map", "[v]", "-map", "2:a", "-c:a", "aac", *coded]
        ffmpeg.run([*inputs, "-filter_complex", graph, *coded, "-t", f"{ms / 1000}", str(path)])
        return path.read_bytes()


@functools.cache
def drawn_clip(size: tuple[int, int], ms: int, seed: str, sound: bool, rate: str = "8") -> bytes:
    """A moving gradient, in one of sixteen colours by its seed, which stands behind it where players do not look."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    mark = digest.encode()
    return _gradient(size, ms, int(digest[0], 16), sound, rate) + struct.pack(">I4s", 8 + len(mark), b"free") + mark


@functools.lru_cache(maxsize=64)
@_draw_once
def _gradient(size: tuple[int, int], ms: int, colour: int, sound: bool, rate: str) -> bytes:
    wide, high = _shrink(size)
    c = _colours(f"colour {colour}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        shape, colours = f"s={wide}x{high}:r={rate}:d={ms / 1000}", f"c0={c[0]}:c1={c[1]}:c2={c[2]}:n=3"
        grown = f"scale={size[0]}:{size[1]}:flags=neighbor"
        args = ["-f", "lavfi", "-i", f"gradients={shape}:{colours}:speed=0.06:seed=1,{grown}"]
        if sound:
            args += ["-f", "lavfi", "-i", f"sine=330:r=44100:d={ms / 1000}", "-c:a", "aac"]
        args += ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-t", f"{ms / 1000}"]
        ffmpeg.run([*args, str(path)])
        return path.read_bytes()


def _shrink(size: tuple[int, int]) -> tuple[int, int]:
    """The size in which a large clip is drawn, before its pixels are made larger: that is quicker."""
    shrink = max(1, min(size) // 180)
    return size[0] // shrink // 2 * 2, size[1] // shrink // 2 * 2


@functools.cache
def drawn_picture(size: tuple[int, int], seed: str) -> bytes:
    from PIL import Image

    picture = Image.new("RGB", size, f"#{_colours(seed)[0][2:]}")
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    return kept.getvalue()


@functools.cache
@_draw_once
def drawn_tone(ms: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tone.mp3"
        ffmpeg.run(["-f", "lavfi", "-i", f"sine=220:r=44100:d={ms / 1000}", "-c:a", "libmp3lame", str(path)])
        return path.read_bytes()


def _colours(seed: str) -> list[str]:
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return [f"0x{digest[i : i + 6]}" for i in (0, 6, 12)]


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
