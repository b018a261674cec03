"""The routes of this engine: ``/v1/videos`` as vLLM-Omni has it, and ``/health``. One video is made at a time."""

from __future__ import annotations

import queue
import secrets
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from reelwright.engines.own.pipeline import CancelRequest, OutOfMemory, VideoPipeline, describe_origin
from reelwright.engines.own.rules import BadRequest, VideoRequest, parse_request
from reelwright.engines.policy import MAX_VIDEOS_KEPT
from reelwright.tracing import NO_SPAN, TRACEPARENT, trace_span

_PATH: Final = "/v1/videos"


@dataclass(slots=True)
class Video:
    """A video that was asked for, and its state. ``fraction``: of its steps that are done. ``trace``: the
    ``traceparent`` of its request.
    """

    id: str
    request: VideoRequest
    path: Path
    created_at: float
    trace: str = ""
    status: str = "queued"
    fraction: float = 0.0
    error: str = ""
    ended_at: float | None = None
    cancel: threading.Event = field(default_factory=threading.Event)


class VideoQueue:
    """The videos of this engine, and the thread that makes them, one after the other."""

    def __init__(self, folder: Path, weights: Path, options: Any) -> None:
        self._folder, self._weights, self.options = folder, weights, options
        self.videos: dict[str, Video] = {}
        self.pipeline: VideoPipeline | None = None
        self.fault = ""
        self._waiting: queue.SimpleQueue[Video] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="videos", daemon=True)

    def start(self) -> None:
        """Start loading the weights, and then making videos."""
        self._thread.start()

    @property
    def is_well(self) -> bool:
        """Whether the weights are loaded and the thread makes videos."""
        return self.pipeline is not None and self._thread.is_alive()

    def add(self, request: VideoRequest, trace: str = "") -> Video:
        """Queue a video, to be made as a part of ``trace``."""
        name = f"video_gen_{uuid4().hex}"
        video = Video(name, request, self._folder / f"{name}.mp4", time.time(), trace)
        self.videos[name] = video
        over = [one for one in self.videos.values() if one.ended_at]
        for old in over[: max(0, len(self.videos) - MAX_VIDEOS_KEPT)]:
            self.delete(old)
        self._waiting.put(video)
        return video

    def delete(self, video: Video) -> None:
        """Forget a video; one that is being made stops at the end of its step."""
        video.cancel.set()
        self.videos.pop(video.id, None)
        video.path.unlink(missing_ok=True)

    def count_rendering(self) -> int:
        """Return how many videos are computed now."""
        return int(self._rendering is not None)

    _rendering: Video | None = None

    def _run(self) -> None:
        try:
            self.pipeline = VideoPipeline(self._weights, self.options)
        except BaseException as cause:  # health tells it, and the process ends by it
            self.fault = f"{type(cause).__name__}: {cause}"
            raise
        while True:
            video = self._waiting.get()
            values = {"model": self.options.model, "operation": video.id}
            with trace_span("engine.render", parent=video.trace, **values) if video.trace else NO_SPAN as span:
                self._make(video)
                span.note(state=video.status)
                if video.status == "failed":
                    span.note_error(video.error.partition(":")[0])

    def _make(self, video: Video) -> None:
        assert self.pipeline
        if video.cancel.is_set():
            return
        video.status, self._rendering = "in_progress", video

        def note(fraction: float) -> None:
            video.fraction = fraction

        try:
            self.pipeline.render(video.request, video.path, note, video.cancel.is_set)
            video.status = "completed"
        except CancelRequest:
            video.status = "cancelled"
        except (OutOfMemory, RuntimeError, ValueError, OSError) as cause:
            video.status, video.error = "failed", f"{type(cause).__name__}: {cause}"[:500]
            print(f"failed: {video.error}", flush=True)  # noqa: T201 - this is the log of the engine
        finally:
            video.ended_at, self._rendering = time.time(), None
            if video.cancel.is_set():
                video.path.unlink(missing_ok=True)


def build_app(videos: VideoQueue) -> Starlette:
    """Build the routes over the queue."""

    async def health(request: Request) -> Response:
        if videos.fault:
            return JSONResponse({"status": "failed", "reason": videos.fault}, 500)
        state = "ok" if videos.is_well else "loading"
        body = {"status": state, "rendering": videos.count_rendering()}
        if pipeline := videos.pipeline:
            body |= {"retreat": pipeline.retreat, "computes": pipeline.computes}
        return JSONResponse(body, 200 if videos.is_well else 503)

    async def create(request: Request) -> Response:
        is_json = request.headers.get("content-type", "").startswith("application/json")
        try:
            fields: Any = await request.json() if is_json else dict((await request.form()).items())
            if not isinstance(fields, dict):
                raise BadRequest("body: a mapping of fields is accepted")
            if "input_reference" in fields:
                raise BadRequest("input_reference: this engine makes videos from words only")
            wanted = parse_request(fields, videos.options, secrets.randbelow(2**31))
        except ValueError as cause:
            return JSONResponse({"detail": str(cause)}, 422)
        if not videos.is_well:
            return JSONResponse({"detail": "the weights are not loaded yet"}, 503)
        return JSONResponse(describe(videos.add(wanted, request.headers.get(TRACEPARENT, "")), videos))

    async def list_all(request: Request) -> Response:
        rows = sorted(videos.videos.values(), key=lambda one: one.created_at, reverse=True)
        names = [one.id for one in rows]
        after = request.query_params.get("after")
        rows = rows[names.index(after) + 1 :] if after in names else rows
        given = request.query_params.get("limit", "20")
        limit = min(100, int(given) if given.isdecimal() else 20)
        data = [describe(one, videos) for one in rows[:limit]]
        return JSONResponse({"object": "list", "data": data, "has_more": len(rows) > limit})

    async def read(request: Request) -> Response:
        video = videos.videos.get(request.path_params["id"])
        return JSONResponse(describe(video, videos)) if video else _not_found()

    async def delete(request: Request) -> Response:
        video = videos.videos.get(request.path_params["id"])
        if video is None:
            return _not_found()
        videos.delete(video)
        return JSONResponse({"id": video.id, "object": "video.deleted", "deleted": True})

    async def send(request: Request) -> Response:
        video = videos.videos.get(request.path_params["id"])
        if video is None or video.status != "completed":
            return _not_found()
        return FileResponse(video.path, media_type="video/mp4", filename=f"{video.id}.mp4")

    return Starlette(
        routes=[
            Route("/health", health),
            Route(_PATH, create, methods=["POST"]),
            Route(_PATH, list_all),
            Route(f"{_PATH}/{{id}}", read),
            Route(f"{_PATH}/{{id}}", delete, methods=["DELETE"]),
            Route(f"{_PATH}/{{id}}/content", send),
        ]
    )


def _not_found() -> Response:
    return JSONResponse({"detail": "Video not found"}, 404)


def describe(video: Video, videos: VideoQueue) -> dict[str, Any]:
    """Describe a video as the API does: its state, what was asked, what was made of that, and with which versions."""
    request, computes = video.request, videos.pipeline.computes if videos.pipeline else "none"
    return {
        "id": video.id, "object": "video", "status": video.status, "model": videos.options.model,
        "prompt": request.prompt, "size": f"{request.width}x{request.height}", "num_frames": request.frames,
        "fps": request.fps, "seconds": f"{request.frames / request.fps:.2f}", "seed": request.seed,
        "progress": 100 if video.status == "completed" else int(video.fraction * 100),
        "created_at": int(video.created_at), "completed_at": int(video.ended_at) if video.ended_at else None,
        "expires_at": None, "notes": list(request.notes),
        "origin": describe_origin(videos.options.model, computes, request),
        "error": {"code": "failed", "message": video.error} if video.error else None,
    }  # fmt: skip
