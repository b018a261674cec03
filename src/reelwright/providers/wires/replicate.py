"""Replicate's wire: bodies of predictions, their progress and price, and matching of the list of predictions."""

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

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.price import compute_price
from reelwright.errors import ProviderError
from reelwright.net.redact import redact_line
from reelwright.providers.families.list_search import is_same_model, is_same_value
from reelwright.providers.families.shapes import is_address
from reelwright.providers.policy import MAX_SAMPLES_OF_AN_OPERATION
from reelwright.providers.protocol import Match, Output, Progress
from reelwright.providers.wires.answers import make_submit_error, parse_retry_after
from reelwright.providers.wires.options import collect_options
from reelwright.providers.wires.replicate_inputs import NAMES, InputNames, get_input_names
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import ListedWork
from reelwright.reel.records.money import Price
from reelwright.units import Micros

FILES_LIVE: Final = timedelta(hours=1)
"""Time from the end of a prediction to the removal of its files and logs. Source: replicate.com, data retention."""
CANCEL_AFTER: Final = "30m"
"""Replicate's deadline for a prediction: a hanging one is ended and billed no further. Source: header Cancel-After."""
PREDICTION_ID: Final = re.compile(r"[A-Za-z0-9_-]{6,80}")
_LAST_YEAR: Final = 9999
"""A date in this year is a mistake, and adding a time to it would overflow."""
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

InputValues = Mapping[str, Sequence[Any]]
"""Inputs by role and in order: an address, or ``{"$asset": …}``, which is replaced by the bytes on sending."""


# ---- requests


def build_path(sold_as: str) -> str:
    """Return the URL path on which a prediction of a model is created; versioned models share one path."""
    name, _, version = sold_as.partition(":")
    return "/v1/predictions" if version else f"/v1/models/{name}/predictions"


def build_body(request: Request, row: Model, input_values: InputValues, seed: int | None) -> dict[str, Any]:
    """Build the JSON body of the POST that creates a prediction. ``seed``: sent if the model takes one and the request
    sets none.
    """
    names = get_input_names(row.sold_as)
    _, _, version = row.sold_as.partition(":")
    fields: dict[str, Any] = {**names.always, **(names.with_melody if input_values.get("melody") else {})}
    fields[names.prompt] = request.prompt
    fields |= _build_media_inputs(names, input_values)
    fields |= _build_scalar_inputs(request, names, seed, has_frame=bool(input_values.get("first_frame")))
    fields |= dict(_word_option(names, name, value) for name, value in collect_options(request, row).items())
    return {"version": version, "input": fields} if version else {"input": fields}


def _word_option(names: InputNames, name: str, value: Any) -> tuple[str, Any]:
    if name not in names.word_templates:
        return name, value
    theirs, words = names.word_templates[name]
    return theirs, words.format(value)


def _build_media_inputs(names: InputNames, given: InputValues) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for role, name in (
        ("first_frame", names.first_frame),
        ("last_frame", names.last_frame),
        ("source", names.source),
        ("melody", names.melody),
    ):
        if name and given.get(role):
            fields[name] = given[role][0]
    if names.references and (found := [*given.get("source", ()), *given.get("reference", ())]):
        fields[names.references] = found
    elif names.source and names.source not in fields and given.get("reference"):
        fields[names.source] = given["reference"][0]
    return fields


def _build_scalar_inputs(request: Request, names: InputNames, seed: int | None, *, has_frame: bool) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if names.seconds and request.ms is not None:
        fields[names.seconds] = -(-request.ms // 1000)
    if names.frames and request.ms is not None:
        fields[names.frames] = (request.ms * names.fps + 500) // 1000 + 1
    if names.aspect and request.aspect and not (names.is_aspect_from_frame and has_frame):
        fields[names.aspect] = request.aspect
    if names.resolution and request.resolution:
        fields[names.resolution] = names.resolutions.get(request.resolution, request.resolution)
    if names.sound and request.sound is not None:
        fields[names.sound] = request.sound
    if names.samples:
        fields[names.samples] = request.samples
    chosen = request.seed if request.seed is not None else seed
    if names.seed and chosen is not None:
        fields[names.seed] = chosen
    if names.negative and (negative := request.extra.get("negative_prompt")):
        fields[names.negative] = negative
    return fields


def choose_deadline(row: Model) -> str:
    """Return the value of the ``Cancel-After`` header, such as ``30m``, after which Replicate ends a prediction. A
    model billed by machine time is cut off at the time that was priced.
    """
    most = row.prices.most if row.prices.unit == "machine_second" else None
    return f"{most}s" if most else CANCEL_AFTER


def derive_seed(purchase: str) -> int:
    """Derive a random seed from a purchase's id, so that equal predictions can be told apart in Replicate's list."""
    return int.from_bytes(hashlib.sha256(purchase.encode()).digest()[:4]) & 0x7FFF_FFFF


# ---- answers


def make_error(status: int, headers: Mapping[str, str], body: Any, *, waits_on_503: bool = False) -> ProviderError:
    """Return the error that Replicate's error response to a paid POST means: not accepted, refused, or outcome
    unknown.
    """
    message = ""
    if isinstance(body, dict):
        message = ": ".join(str(body[key]).strip() for key in ("title", "detail") if body.get(key))
    return make_submit_error(
        "Replicate", status, message, after_s=parse_retry_after(headers, message), waits_on_503=waits_on_503
    )


def parse_id(prediction: Any) -> str | None:
    """Return the id in Replicate's description of a prediction; None if it is none."""
    found = prediction.get("id") if isinstance(prediction, dict) else None
    return found if isinstance(found, str) and PREDICTION_ID.fullmatch(found) else None


def parse_progress(prediction: Mapping[str, Any]) -> Progress:
    """Return the state of a prediction that Replicate's response describes. An unknown status counts as running."""
    status = prediction.get("status")
    if status == "succeeded":
        return _read_succeeded(prediction)
    message = redact_line(str(prediction.get("error") or ""))
    if status == "failed":
        if _SENSITIVE.search(message):
            return Progress(
                state="refused", missing=(MissingSample(sample=0, reason="filtered", message=message),), message=message
            )
        return Progress(
            state="failed",
            message=message or "it failed there without a reason",
            can_retry=bool(_PASSING.search(message)),
        )
    return Progress(state=_STATES.get(str(status), "running"), message=message)


def _read_succeeded(prediction: Mapping[str, Any]) -> Progress:
    output = prediction.get("output")
    if prediction.get("data_removed") or output is None:
        return Progress(state="expired", message="its output was removed there, an hour after it was ready")
    urls = collect_urls(output)
    if not urls:
        return Progress(state="failed", message=f"it answered with no file: {redact_line(str(output))}")
    ended = parse_time(prediction.get("completed_at"))
    expires = ended + FILES_LIVE if ended else None
    outputs = tuple(Output(sample=n, mime=guess_mime(url), url=url, expires=expires) for n, url in enumerate(urls))
    kept_back = tuple(
        MissingSample(sample=n, reason="filtered", message=_FEWER)
        for n in range(len(urls), _count_requested_samples(prediction))
    )
    return Progress(
        state="succeeded", outputs=outputs, missing=kept_back, fraction_done=1.0, life_s=FILES_LIVE.total_seconds()
    )


def _count_requested_samples(prediction: Mapping[str, Any]) -> int:
    """Return how many samples the prediction's own input asks for; 0 if it does not say."""
    names, input_ = NAMES.get(str(prediction.get("model"))), prediction.get("input")
    count = input_.get(names.samples) if names and names.samples and isinstance(input_, dict) else 0
    return min(count, MAX_SAMPLES_OF_AN_OPERATION) if isinstance(count, int) and not isinstance(count, bool) else 0


def collect_urls(output: Any) -> list[str]:
    """Return the URLs in a prediction's output, which may be a text, a list of texts, or an object that names its
    media.
    """
    if isinstance(output, str):
        return [output] if is_address(output) else []
    if isinstance(output, list):
        return [found[0] for item in output if (found := collect_urls(item))]
    if isinstance(output, dict):
        keys = (*(key for key in _MEDIA_KEYS if key in output), *output)
        return next((found for key in keys if (found := collect_urls(output[key]))), [])
    return []


def guess_mime(url: str) -> str:
    """Return a file's MIME type by the extension in its URL; empty if it is unknown."""
    return _MIMES.get(urlsplit(url).path.rpartition(".")[2].lower(), "")


def parse_time(text: Any) -> datetime | None:
    """Parse an ISO 8601 time with a time zone, and return it in UTC; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo and found.year < _LAST_YEAR else None
    except (TypeError, ValueError, OverflowError):
        return None


def compute_machine_bill(prediction: Mapping[str, Any], row: Model) -> Price | None:
    """Return the price of a prediction by its machine time; None if its model is not billed by that."""
    metrics = prediction.get("metrics")
    seconds = metrics.get("predict_time") if isinstance(metrics, dict) else None
    if row.prices.unit != "machine_second" or not row.prices.most or not _is_time(seconds):
        return None
    price = compute_price(Request(model=row.id, mode=row.modes[0], prompt="-", ms=row.seconds[0] * 1000))
    if price.micros is None:
        return None
    micros = -(-round(min(seconds, row.prices.most) * 1000) * price.micros // (row.prices.most * 1000))
    return replace(price, micros=Micros(micros), basis=f"{seconds:g} s of the machine", certainty="computed")


def _is_time(seconds: Any) -> TypeGuard[int | float]:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < math.inf


# ---- list


def match(prediction: Mapping[str, Any], prepared_request: Mapping[str, Any]) -> Match:
    """Compare a listed prediction with ``prepared_request``: same, possible, or other. A prediction's input is removed
    after an hour.
    """
    model, theirs = prediction.get("model"), prediction.get("input")
    if isinstance(model, str) and not is_same_model(str(prepared_request["model"]), model):
        return "other"
    if not isinstance(model, str) or not isinstance(theirs, dict) or parse_time(prediction.get("created_at")) is None:
        return "possible"
    ours: Mapping[str, Any] = prepared_request["body"]["input"]
    same = all(name in theirs and _is_same_value(value, theirs[name]) for name, value in ours.items())
    return "same" if same else "possible"


def remove_own_seed(prepared_request: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a prepared request without the seed that ``derive_seed`` added, as another purchase of the same thing
    would send it.
    """
    name, input_ = get_input_names(str(prepared_request["model"])).seed, prepared_request["body"]["input"]
    if not name or input_.get(name) != derive_seed(str(prepared_request["purchase"])):
        return prepared_request
    kept = {key: value for key, value in input_.items() if key != name}
    return {**prepared_request, "body": {**prepared_request["body"], "input": kept}}


def to_listed_work(prediction: Mapping[str, Any]) -> ListedWork:
    """Convert a listed prediction to ``ListedWork``."""
    model, input_ = str(prediction.get("model") or ""), prediction.get("input")
    name = NAMES[model].prompt if model in NAMES else "prompt"
    return ListedWork(
        provider="replicate",
        id=str(prediction.get("id") or ""),
        model=model,
        prompt=str(input_.get(name) or "") if isinstance(input_, dict) else "",
        made_at=parse_time(prediction.get("created_at")),
        echoed_request={name: prediction[name] for name in ("model", "input", "created_at") if name in prediction},
    )


def _is_same_value(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict) and "$asset" in ours:
        return _is_same_asset(str(ours["$asset"]), theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_is_same_value, ours, theirs))
    return is_same_value(ours, theirs)


def _is_same_asset(digest: str, theirs: Any) -> bool:
    """Whether a listed value may be bytes of ours: the same data URI, or any address that it was moved to."""
    if not isinstance(theirs, str):
        return False
    if not theirs.startswith("data:"):
        return True
    try:
        data = base64.b64decode(theirs.partition(",")[2], validate=True)
    except ValueError:
        return False
    return hashlib.sha256(data).hexdigest() == digest
