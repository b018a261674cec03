"""Run the engine: ``python -m reelwright.engines.own --weights FOLDER --options FILE --port N``."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import threading
from pathlib import Path

import uvicorn

from reelwright.engines.own.rules import Options
from reelwright.engines.own.server import VideoQueue, build_app
from reelwright.messages import format_reason
from reelwright.net.redact import redact
from reelwright.tracing import start_tracing, stop_tracing


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description="Serves a video pipeline of diffusers behind /v1/videos.")
    parser.add_argument("--weights", type=Path, required=True, help="a folder that diffusers saved")
    parser.add_argument("--options", type=Path, required=True, help="what the model's card says, as JSON")
    parser.add_argument("--port", type=int, required=True, help="to listen at")
    parser.add_argument("--host", default="127.0.0.1", help="its address; that of a node on a cluster")
    return parser.parse_args()


def main() -> None:
    """Serve until the process is ended. One that cannot load its weights ends at once."""
    given = parse_arguments()
    options = Options(**json.loads(given.options.read_bytes()))
    if fault := start_tracing(os.environ, redact):
        print(format_reason(fault), flush=True)  # noqa: T201 - this is the log of the engine
    with tempfile.TemporaryDirectory(prefix="reelwright-engine-") as folder:
        videos = VideoQueue(Path(folder), given.weights, options)
        threading.excepthook = stop_with_fault
        videos.start()
        uvicorn.run(build_app(videos), host=given.host, port=given.port, log_level="warning", access_log=False)
        stop_tracing()


def stop_with_fault(args: threading.ExceptHookArgs) -> None:
    """End the process when its thread cannot go on: whoever started it reads why in the log, and starts it again."""
    threading.__excepthook__(args)
    os._exit(1)


if __name__ == "__main__":
    main()
