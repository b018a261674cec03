"""Replicate's wire: a request as a prediction's body, a prediction as progress, and ours found in a list of them."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeGuard
from urllib.parse import urlsplit

from reelwright.catalogue.model import Model
from reelwright.catalogue.price import price_of
from reelwright.errors import ProviderError
from reelwright.net.redact import plainly
from reelwright.providers.families.list_search import is_same_model, is_same_value
from reelwright.providers.families.shapes import is_address
from reelwright.providers.protocol import Match, Output, Progress
from reelwright.providers.wires.answers import failure, wait_of
from reelwright.providers.wires.options import options_of
from reelwright.providers.wires.replicate_inputs import NAMES, Names, names_of
from reelwright.reel.ledger import ListedWork
from reelwright.reel.money import Price
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Request
from reelwright.units import Micros

FILES_LIVE: Final = timedelta(hours=1)
"""Inputs, outputs and logs are removed this long after a prediction's end. Source: replicate.com, data retention."""
CANCEL_AFTER: Final = "30m"
"""Their own deadline of a prediction: one that hangs is ended and billed no further. Source: header Cancel-After."""
MODEL_ID: Final = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*(:[0-9a-f]{64})?")
PREDICTION_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,80}")
_LAST_YEAR: Final = 9999
"""What is dated there is dated by mistake, and no time can be added to it."""
_MOST_SAMPLES: Final = 16
_SENSITIVE: Final = re.compile(r"\(E005\)|flagged as sensitive|NSFW content|content policy|moderat", re.I)
_MIMES: Final[Mapping[str, str]] = {
    "mp4": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "png": "image/png", "jpg": "image/jpeg",
    "jpeg": "image/jpeg", "webp": "image/webp", "wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac",
}  # fmt: skip
_STATES: Final[Mapping[str, Literal["queued", "running", "cancelled"]]] = {
    "starting": "queued", "queued": "queued", "processing": "running", "canceled": "cancelled", "aborted": "cancelled",
}  # fmt: skip
_FEWER: Final = "fewer came than were asked for: the model keeps back what it finds unsafe"
_PASSING: Final = re.compile(r"\(E004\)|temporarily unavailable|try again later|interrupted", re.I)
_MEDIA_KEYS: Final = ("video", "image", "audio", "output", "url", "uri", "file")

Given = Mapping[str, Sequence[Any]]
"""What was made of the inputs' bytes, by role and in order: an address, or ``{"$asset": …}`` to be put in when sent."""


# ---- sent


def path_of(sold_as: str) -> str:
    """Official models have an address of their own; a version of any other model is named in the body."""
    name, _, version = sold_as.partition(":")
    return "/v1/predictions" if version else f"/v1/models/{name}/predictions"


def body_of(request: Request, row: Model, given: Given, seed: int | None) -> dict[str, Any]:
    """The body of one prediction. ``seed``: what is sent where the model takes one and the request asks for none."""
    names = names_of(row.sold_as)
    _, _, version = row.sold_as.partition(":")
    told: dict[str, Any] = {**names.always, **(names.with_melody if given.get("melody") else {})}
    told[names.prompt] = request.prompt
    told |= _pictures(names, given)
    told |= _numbers(request, names, seed, has_frame=bool(given.get("first_frame")))
    told |= dict(_worded(names, name, value) for name, value in options_of(request, row).items())
    return {"version": version, "input": told} if version else {"input": told}


def _worded(names: Names, name: str, value: Any) -> tuple[str, Any]:
    if name not in names.worded:
        return name, value
    theirs, words = names.worded[name]
    return theirs, words.format(value)


def _pictures(names: Names, given: Given) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for role, name in (
        ("first_frame", names.first_frame),
        ("last_frame", names.last_frame),
        ("source", names.source),
        ("melody", names.melody),
    ):
        if name and given.get(role):
            told[name] = given[role][0]
    if names.references and (found := [*given.get("source", ()), *given.get("reference", ())]):
        told[names.references] = found
    elif names.source and names.source not in told and given.get("reference"):
        told[names.source] = given["reference"][0]
    return told


def _numbers(request: Request, names: Names, seed: int | None, *, has_frame: bool) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if names.seconds and request.ms is not None:
        told[names.seconds] = -(-request.ms // 1000)
    if names.frames and request.ms is not None:
        told[names.frames] = (request.ms * names.fps + 500) // 1000 + 1
    if names.aspect and request.aspect and not (names.framed and has_frame):
        told[names.aspect] = request.aspect
    if names.resolution and request.resolution:
        told[names.resolution] = names.resolutions.get(request.resolution, request.resolution)
    if names.sound and request.sound is not None:
        told[names.sound] = request.sound
    if names.samples:
        told[names.samples] = request.samples
    chosen = request.seed if request.seed is not None else seed
    if names.seed and chosen is not None:
        told[names.seed] = chosen
    if names.negative and (negative := request.extra.get("negative_prompt")):
        told[names.negative] = negative
    return told


def deadline_of(row: Model) -> str:
    """What is told as Cancel-After. Where the machine's time is what costs, no more of it than was priced."""
    most = row.prices.most if row.prices.unit == "machine_second" else None
    return f"{most}s" if most else CANCEL_AFTER


def seed_for(purchase: str) -> int:
    """A seed of the purchase's own: the same prediction asked for twice can be told apart in their list."""
    return int.from_bytes(hashlib.sha256(purchase.encode()).digest()[:4]) & 0x7FFF_FFFF


# ---- answered


def refusal(status: int, headers: Mapping[str, str], body: Any, *, waits_on_503: bool = False) -> ProviderError:
    """The error that an answer to a submit stands for: RFC 7807 words, and a wait named only in a sentence."""
    said = ""
    if isinstance(body, dict):
        said = ": ".join(str(body[key]).strip() for key in ("title", "detail") if body.get(key))
    return failure("Replicate", status, said, after_s=wait_of(headers, said), waits_on_503=waits_on_503)


def id_of(prediction: Any) -> str | None:
    """A prediction's id, None where the answer is not a prediction."""
    found = prediction.get("id") if isinstance(prediction, dict) else None
    return found if isinstance(found, str) and PREDICTION_ID.fullmatch(found) else None


def progress_of(prediction: Mapping[str, Any]) -> Progress:
    """Where a prediction stands. A status that nobody has heard of is one that is still at work."""
    status = prediction.get("status")
    if status == "succeeded":
        return _brought(prediction)
    said = plainly(str(prediction.get("error") or ""))
    if status == "failed":
        if _SENSITIVE.search(said):
            return Progress(state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said)
        return Progress(
            state="failed", said=said or "it failed there without a reason", again=bool(_PASSING.search(said))
        )
    return Progress(state=_STATES.get(str(status), "running"), said=said)


def _brought(prediction: Mapping[str, Any]) -> Progress:
    output = prediction.get("output")
    if prediction.get("data_removed") or output is None:
        return Progress(state="expired", said="its output was removed there, an hour after it was ready")
    urls = addresses(output)
    if not urls:
        return Progress(state="failed", said=f"it answered with no file: {plainly(str(output))}")
    ended = moment(prediction.get("completed_at"))
    expires = ended + FILES_LIVE if ended else None
    outputs = tuple(Output(sample=n, mime=mime_of(url), url=url, expires=expires) for n, url in enumerate(urls))
    kept_back = tuple(
        Missing(sample=n, reason="filtered", said=_FEWER) for n in range(len(urls), _asked_for(prediction))
    )
    return Progress(state="succeeded", outputs=outputs, missing=kept_back, done=1.0, life_s=FILES_LIVE.total_seconds())


def _asked_for(prediction: Mapping[str, Any]) -> int:
    """How many samples the prediction's own input asks for; 0 where it does not say."""
    names, told = NAMES.get(str(prediction.get("model"))), prediction.get("input")
    count = told.get(names.samples) if names and names.samples and isinstance(told, dict) else 0
    return min(count, _MOST_SAMPLES) if isinstance(count, int) and not isinstance(count, bool) else 0


def addresses(output: Any) -> list[str]:
    """Addresses of what a prediction brought: one text, a list of them, or an object that names its media."""
    if isinstance(output, str):
        return [output] if is_address(output) else []
    if isinstance(output, list):
        return [found[0] for item in output if (found := addresses(item))]
    if isinstance(output, dict):
        keys = (*(key for key in _MEDIA_KEYS if key in output), *output)
        return next((found for key in keys if (found := addresses(output[key]))), [])
    return []


def mime_of(url: str) -> str:
    """What a file is by the ending of its address; empty where that says nothing."""
    return _MIMES.get(urlsplit(url).path.rpartition(".")[2].lower(), "")


def moment(told: Any) -> datetime | None:
    """A time as they write it, with its zone."""
    try:
        found = datetime.fromisoformat(told)
        return found.astimezone(UTC) if found.tzinfo and found.year < _LAST_YEAR else None
    except (TypeError, ValueError, OverflowError):
        return None


def machine_bill(prediction: Mapping[str, Any], row: Model) -> Price | None:
    """What the machine's time of a prediction cost, where that is what the model is sold by; else None."""
    metrics = prediction.get("metrics")
    seconds = metrics.get("predict_time") if isinstance(metrics, dict) else None
    if row.prices.unit != "machine_second" or not row.prices.most or not _is_time(seconds):
        return None
    whole = price_of(Request(model=row.id, mode=row.modes[0], prompt="-", ms=row.seconds[0] * 1000))
    if whole.micros is None:
        return None
    micros = -(-round(min(seconds, row.prices.most) * 1000) * whole.micros // (row.prices.most * 1000))
    return replace(whole, micros=Micros(micros), basis=f"{seconds:g} s of the machine", certainty="computed")


def _is_time(seconds: Any) -> TypeGuard[int | float]:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < math.inf


# ---- found again


def match(listed: Mapping[str, Any], prepared: Mapping[str, Any]) -> Match:
    """How a listed prediction compares with the one that ``prepared`` asked for; its input is removed after an hour."""
    model, theirs = listed.get("model"), listed.get("input")
    if isinstance(model, str) and not is_same_model(str(prepared["model"]), model):
        return "other"
    if not isinstance(model, str) or not isinstance(theirs, dict) or moment(listed.get("created_at")) is None:
        return "possible"
    ours: Mapping[str, Any] = prepared["body"]["input"]
    same = all(name in theirs and _is_same_value(value, theirs[name]) for name, value in ours.items())
    return "same" if same else "possible"


def without_own_seed(prepared: Mapping[str, Any]) -> Mapping[str, Any]:
    """``prepared`` as any purchase of the same would send it: without the seed that only tells purchases apart."""
    name, given = names_of(str(prepared["model"])).seed, prepared["body"]["input"]
    if not name or given.get(name) != seed_for(str(prepared["purchase"])):
        return prepared
    kept = {key: value for key, value in given.items() if key != name}
    return {**prepared, "body": {**prepared["body"], "input": kept}}


def work_of(listed: Mapping[str, Any]) -> ListedWork:
    """A listed prediction as it is recorded."""
    model, told = str(listed.get("model") or ""), listed.get("input")
    name = NAMES[model].prompt if model in NAMES else "prompt"
    return ListedWork(
        provider="replicate",
        id=str(listed.get("id") or ""),
        model=model,
        prompt=str(told.get(name) or "") if isinstance(told, dict) else "",
        at=moment(listed.get("created_at")),
        told={name: listed[name] for name in ("model", "input", "created_at") if name in listed},
    )


def _is_same_value(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and "$asset" in ours:
        return _same_asset(str(ours["$asset"]), theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_is_same_value, ours, theirs))
    return is_same_value(ours, theirs)


def _same_asset(digest: str, theirs: Any) -> bool:
    """Bytes that were sent in the body: theirs are the same, or have been moved to an address of their own."""
    if not isinstance(theirs, str):
        return False
    if not theirs.startswith("data:"):
        return True
    try:
        sent = base64.b64decode(theirs.partition(",")[2], validate=True)
    except ValueError:
        return False
    return hashlib.sha256(sent).hexdigest() == digest
