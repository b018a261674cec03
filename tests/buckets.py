"""A server of S3's protocol on loopback, with an empty bucket; it can be stopped, and started again as it was."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

BUCKET = "films"
SECRET = "s3cr3t-of-the-bucket"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1"}


@dataclass
class Bucket:
    """``url`` and ``endpoint`` are settings of Reelwright."""

    process: subprocess.Popen[str] = field(repr=False)
    endpoint: str = ""
    url: str = f"s3://{BUCKET}/studio"

    def start(self) -> None:
        self.endpoint = f"http://127.0.0.1:{self._tell('start')}"

    def stop(self) -> None:
        self._tell("stop")

    def _tell(self, word: str) -> str:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def open_bucket() -> Iterator[Bucket]:
    """Run the server with an empty bucket; its credentials stand in the environment meanwhile."""
    before = {name: os.environ.get(name) for name in CREDENTIALS}
    program = [sys.executable, str(Path(__file__).with_name("bucket_program.py"))]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        bucket = Bucket(process)
        try:
            bucket.start()
            made = urllib.request.Request(f"{bucket.endpoint}/{BUCKET}", method="PUT")
            urllib.request.urlopen(made, timeout=10).close()
            os.environ.update(CREDENTIALS)
            yield bucket
        finally:
            process.kill()
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
