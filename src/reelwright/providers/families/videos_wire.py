"""``/v1/videos`` as four kinds of servers speak it: what is sent to each, and how their answers are read. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from reelwright.catalogue.model import Model
from reelwright.catalogue.snapping import frames_asked, rate_asked, size_asked
from reelwright.net.redact import plainly
from reelwright.providers.families.assets import Picture
from reelwright.providers.families.data_uris import by_digest
from reelwright.providers.families.list_search import is_same_model, is_same_value
from reelwright.providers.families.shapes import mime_of, name_of
from reelwright.providers.families.video_faults import at_time, is_policy
from reelwright.providers.protocol import Match, Output, Progress
from reelwright.reel.noun import noun
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Request

Profile = Literal["", "litellm", "vllm_omni", "sglang"]
"""Empty: OpenAI's own, as its official client speaks it."""
_FILTERED: Final = frozenset({"moderation_blocked", "content_policy_violation", "content_filter"})
_TOLD: Final[Mapping[str, tuple[type, ...]]] = {
    "prompt": (str,), "seconds": (str, int, float), "size": (str,), "model": (str,),
}  # fmt: skip
"""What a row of a list may say of what was asked for."""
_SINCE_S: Final = 1_000_000_000
"""Nothing was made before 2001."""
_STATES: Final[Mapping[str, Literal["queued", "running", "succeeded", "failed", "cancelled"]]] = {
    "queued": "queued",
    "in_progress": "running",
    "processing": "running",
    "completed": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
}
"""``processing`` is LiteLLM's. A word that is not here yet means that it still runs."""


@noun
class Sent:
    """What one POST holds: ``fields`` in JSON or as a form, and at most one picture."""

    fields: Mapping[str, str | int]
    picture: Mapping[str, str] | None
    as_json: bool


def sent(request: Request, row: Model, picture: Picture | None) -> Sent:
    """The fields of a request. A picture goes as a file, so it makes a form of any of them."""
    speaks = {"vllm_omni": _vllm_omni, "sglang": _sglang}.get(row.profile, _openai)
    fields: dict[str, str | int] = {"prompt": request.prompt, **speaks(request, row)}
    served = request.extra.get("served") or (row.sold_as if row.sold_as != "*" else None)
    if served:
        fields["model"] = served
    as_json = picture is None and row.profile in ("litellm", "sglang")
    if not as_json:
        fields = {name: str(value) for name, value in fields.items()}
    return Sent(fields=fields, picture=by_digest(picture) if picture else None, as_json=as_json)


def _openai(request: Request, row: Model) -> dict[str, str | int]:
    """Seconds are text. LiteLLM takes the same."""
    width, height = _size(request, row)
    return {"seconds": str(_seconds(request)), "size": f"{width}x{height}"}


def _sglang(request: Request, row: Model) -> dict[str, str | int]:
    """Seconds are a number; without a seed it would always take 1024."""
    width, height = _size(request, row)
    fields: dict[str, str | int] = {"seconds": _seconds(request), "size": f"{width}x{height}", **_frames(request, row)}
    return fields if request.seed is None else {**fields, "seed": request.seed}


def _vllm_omni(request: Request, row: Model) -> dict[str, str | int]:
    width, height = _size(request, row)
    fields: dict[str, str | int] = {"width": width, "height": height, **_frames(request, row)}
    given = {
        "num_inference_steps": request.extra.get("steps"),
        "negative_prompt": request.extra.get("negative_prompt"),
        "seed": request.seed,
        "generate_sound": None if request.sound is None else str(request.sound).lower(),
    }
    return fields | {name: value for name, value in given.items() if value is not None}


def _seconds(request: Request) -> int:
    return -(-(request.ms or 0) // 1000)


def _frames(request: Request, row: Model) -> dict[str, str | int]:
    """Whole clips only: the next number of frames that the model makes."""
    return {"fps": rate_asked(request, row), "num_frames": frames_asked(request, row).value}


def _size(request: Request, row: Model) -> tuple[int, int]:
    return size_asked(request, row).value


def progress_of(told: Mapping[str, Any]) -> Progress:
    """One answer to a poll. ``done`` in hundredths; ``error`` an object, whose code may be a number, or absent."""
    state = _STATES.get(str(told.get("status")), "running")
    error = told.get("error")
    code, message = (error.get("code"), error.get("message")) if isinstance(error, Mapping) else ("", error)
    said = plainly(str(message or ""))
    if state == "failed" and (str(code) in _FILTERED or is_policy(said)):
        return Progress(state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said)
    if state == "succeeded":
        until = at_time(told.get("expires_at"))
        output = Output(sample=0, mime=mime_of(told.get("media_type"), "video/mp4"), expires=until)
        return Progress(state="succeeded", outputs=(output,), done=1.0)
    hundredths = told.get("progress")
    done = hundredths / 100 if isinstance(hundredths, int) and 0 <= hundredths < 100 else None
    return Progress(state=state, done=done if state in ("queued", "running") else None, said=said or _else(state))


def _else(state: str) -> str:
    return f"{state}, and the server gave no reason" if state == "failed" else ""


@noun
class Row:
    """One row of the server's list, as much as tells whose it is. ``at`` None: it does not say when it was made."""

    id: str
    at: float | None
    fields: Mapping[str, str]


def rows_of_page(told: Any) -> tuple[tuple[Row, ...], bool]:
    """The rows of one page, and whether there are more. Raises ``ValueError`` where it is no page."""
    rows = told.get("data") if isinstance(told, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) and name_of(row.get("id")) for row in rows):
        raise ValueError("no page of a list")
    return tuple(
        Row(
            id=str(row["id"]),
            at=_seconds_of(row.get("created_at")),
            fields={name: str(row[name]) for name, kinds in _TOLD.items() if type(row.get(name)) in kinds},
        )
        for row in rows
    ), bool(told.get("has_more"))


def _seconds_of(value: Any) -> float | None:
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else 0.0
    except ValueError:
        return None
    return found if _SINCE_S < found < 1 << 35 else None


def match(row: Row, fields: Mapping[str, Any], profile: Profile) -> Match:
    """How a listed row compares with what ``fields`` asked for.

    Only a service that sells several models is believed when it names another one: servers of one's own list the one
    model that they serve under a name of their own.
    """
    model = row.fields.get("model")
    if profile == "" and model and "model" in fields and not is_same_model(str(fields["model"]), model):
        return "other"
    told = {name: value for name, value in row.fields.items() if name != "model" and name in fields}
    same = "prompt" in told and row.at is not None
    return "same" if same and all(is_same_value(fields[name], value) for name, value in told.items()) else "possible"
