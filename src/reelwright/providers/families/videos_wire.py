"""``/v1/videos`` as four kinds of servers speak it: bodies for each, and how their answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.snapping import get_frame_rate, snap_requested_frames, snap_requested_size
from reelwright.net.redact import redact_line
from reelwright.providers.families.assets import Picture
from reelwright.providers.families.data_uris import make_placeholder
from reelwright.providers.families.list_search import is_same_model, is_same_value
from reelwright.providers.families.shapes import as_mime, as_name
from reelwright.providers.families.video_faults import FILTER_CODES, from_timestamp, is_policy
from reelwright.providers.protocol import Match, Output, Progress
from reelwright.reel.base.value import define_value
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Request

Profile = Literal["", "litellm", "vllm_omni", "sglang"]
"""Wire of a model. Empty: OpenAI's own, as its official client speaks it."""
_REPEATED: Final[Mapping[str, tuple[type, ...]]] = {
    "prompt": (str,), "seconds": (str, int, float), "size": (str,), "model": (str,),
}  # fmt: skip
"""Fields of a request that a row of a list may repeat."""
_SINCE_S: Final = 1_000_000_000
"""An earlier time, before 2001, is a mistake."""
_STATES: Final[Mapping[str, Literal["queued", "running", "succeeded", "failed", "cancelled"]]] = {
    "queued": "queued",
    "in_progress": "running",
    "processing": "running",
    "completed": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""States by their status; ``processing`` is LiteLLM's. An unknown status counts as running."""


@define_value
class VideoSubmission:
    """The content of one POST to ``/v1/videos``: ``fields``, sent as JSON or as a form, and at most one picture."""

    fields: Mapping[str, str | int]
    picture: Mapping[str, str] | None
    is_json: bool


def build_submission(request: Request, row: Model, picture: Picture | None) -> VideoSubmission:
    """Build the content of a POST to ``/v1/videos``, in the form that the model's kind of server takes. A picture is
    sent as a file, so the body is then a form on every wire.
    """
    build_fields = {"vllm_omni": _build_vllm_omni, "sglang": _build_sglang}.get(row.profile, _build_openai)
    fields: dict[str, str | int] = {"prompt": request.prompt, **build_fields(request, row)}
    served = request.extra.get("served") or (row.sold_as if row.sold_as != "*" else None)
    if served:
        fields["model"] = served
    as_json = picture is None and row.profile in ("litellm", "sglang")
    if not as_json:
        fields = {name: str(value) for name, value in fields.items()}
    return VideoSubmission(fields=fields, picture=make_placeholder(picture) if picture else None, is_json=as_json)


def _build_openai(request: Request, row: Model) -> dict[str, str | int]:
    """Build OpenAI's fields, where seconds are text. LiteLLM accepts the same."""
    width, height = _choose_size(request, row)
    return {"seconds": str(_seconds(request)), "size": f"{width}x{height}"}


def _build_sglang(request: Request, row: Model) -> dict[str, str | int]:
    """Build SGLang's fields, where seconds are a number. Without a seed it would always take 1024."""
    width, height = _choose_size(request, row)
    fields: dict[str, str | int] = {
        "seconds": _seconds(request),
        "size": f"{width}x{height}",
        **_count_frames(request, row),
    }
    return fields if request.seed is None else {**fields, "seed": request.seed}


def _build_vllm_omni(request: Request, row: Model) -> dict[str, str | int]:
    width, height = _choose_size(request, row)
    fields: dict[str, str | int] = {"width": width, "height": height, **_count_frames(request, row)}
    options = {
        "num_inference_steps": request.extra.get("steps"),
        "negative_prompt": request.extra.get("negative_prompt"),
        "seed": request.seed,
        "generate_sound": None if request.sound is None else str(request.sound).lower(),
    }
    return fields | {name: value for name, value in options.items() if value is not None}


def _seconds(request: Request) -> int:
    return -(-(request.ms or 0) // 1000)


def _count_frames(request: Request, row: Model) -> dict[str, str | int]:
    """Choose the next number of frames that the model makes, because it makes whole clips only."""
    return {"fps": get_frame_rate(request, row), "num_frames": snap_requested_frames(request, row).value}


def _choose_size(request: Request, row: Model) -> tuple[int, int]:
    return snap_requested_size(request, row).value


def parse_progress(video: Mapping[str, Any]) -> Progress:
    """Return the state of a video that a ``/v1/videos`` response describes.

    ``progress`` is in hundredths. ``error`` is absent, or an object whose code may be a number.
    """
    state = _STATES.get(str(video.get("status")), "running")
    error = video.get("error")
    code, message = (error.get("code"), error.get("message")) if isinstance(error, Mapping) else ("", error)
    words = redact_line(str(message or ""))
    if state == "failed" and (str(code) in FILTER_CODES or is_policy(words)):
        return Progress(
            state="refused", missing=(MissingSample(sample=0, reason="filtered", message=words),), message=words
        )
    if state == "succeeded":
        until = from_timestamp(video.get("expires_at"))
        output = Output(sample=0, mime=as_mime(video.get("media_type"), "video/mp4"), expires=until)
        return Progress(state="succeeded", outputs=(output,), fraction_done=1.0)
    hundredths = video.get("progress")
    done = hundredths / 100 if isinstance(hundredths, int) and 0 <= hundredths < 100 else None
    return Progress(
        state=state,
        fraction_done=done if state in ("queued", "running") else None,
        message=words or _default_message(state),
    )


def _default_message(state: str) -> str:
    return f"{state}, and the server gave no reason" if state == "failed" else ""


@define_value
class ListRow:
    """Row of the list of ``/v1/videos``: its id, time, and the request fields that it repeats. ``at`` None: it does not
    say when it was made.
    """

    id: str
    at: float | None
    fields: Mapping[str, str]


def parse_page(page: Any) -> tuple[tuple[ListRow, ...], bool]:
    """Parse one page of the list of ``/v1/videos``; return its rows, and whether there are more. Raises ``ValueError``
    if it is no page.
    """
    rows = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and as_name(row.get("id")) for row in rows):
        raise ValueError("no page of a list")
    return tuple(
        ListRow(
            id=str(row["id"]),
            at=_parse_timestamp(row.get("created_at")),
            fields={name: str(row[name]) for name, kinds in _REPEATED.items() if type(row.get(name)) in kinds},
        )
        for row in rows
    ), bool(page.get("has_more"))


def _parse_timestamp(value: Any) -> float | None:
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except ValueError:
        return None
    return found if _SINCE_S < found < 1 << 35 else None


def match(row: ListRow, fields: Mapping[str, Any], profile: Profile) -> Match:
    """Compare a row of the list with the ``fields`` of a request: same, possible, or other.

    Only a service that sells several models is believed when it names another model: a server that the user runs lists
    its only model under a name of its own.
    """
    model = row.fields.get("model")
    if profile == "" and model and "model" in fields and not is_same_model(str(fields["model"]), model):
        return "other"
    repeated = {name: value for name, value in row.fields.items() if name != "model" and name in fields}
    same = "prompt" in repeated and row.at is not None
    return (
        "same" if same and all(is_same_value(fields[name], value) for name, value in repeated.items()) else "possible"
    )
