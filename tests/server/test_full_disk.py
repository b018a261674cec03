"""A disk that fills up under the server: what writes gets 503 with Retry-After, and goes on once there is room."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from crash.makes import Makes, makes_in
from crash.test_hard_places import Place

CLIP = {"model": "hailuo-2.3"}


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Makes]:
    with makes_in(tmp_path) as made:
        yield made


@pytest.fixture
def place(local: Makes) -> Iterator[Place]:
    made = Place(local)
    yield made
    made.close()


def count_used_kib(makes: Makes) -> int:
    command = [*makes.before, "df", "--output=used", "-k", str(makes.home)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-1])


def wait_for(client: httpx2.Client, video: str) -> str:
    for _ in range(600):
        status = str(client.get(f"/v1/videos/{video}").json()["status"])
        if status in ("completed", "failed"):
            return status
        time.sleep(0.1)
    return "never"


@pytest.mark.timed
def test_a_full_disk_is_a_503_and_the_server_goes_on_once_there_is_room(local: Makes, place: Place) -> None:
    place.mount(local.home, "size=200m")
    process = local.start("serve", "--port", "0", "--rehearse", "--rehearse-speed", "600")
    assert process.stderr
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found
    with httpx2.Client(base_url=found[0], timeout=30) as client:
        first = client.post("/v1/videos", json={"prompt": "before", **CLIP}).json()["id"]
        assert wait_for(client, first) == "completed"
        place.change(local.home, f"size={count_used_kib(local) + 64}k")
        for n in range(400):
            began = time.monotonic()
            answer = client.post("/v1/videos", json={"prompt": f"clip {n}", **CLIP})
            if answer.status_code != 200:
                break
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), answer.text
        assert time.monotonic() - began < 2 and answer.json()["error"]["code"] in ("disk_full", "disk_error")
        answer = client.post("/api/v1/clips", json={"prompt": "x", **CLIP, "max_usd": "1"})
        assert answer.status_code == 503 and answer.json()["retry"] == "later", answer.text
        assert client.get("/v1/videos").status_code == 200, "what only reads goes on"
        assert client.get(f"/v1/videos/{first}/content").status_code == 200
        assert client.get("/livez").status_code == 200
        place.change(local.home, "size=200m")
        began = time.monotonic()
        while (answer := client.post("/v1/videos", json={"prompt": "after", **CLIP})).status_code != 200:
            assert time.monotonic() - began < 10, answer.text
            time.sleep(0.2)
        assert wait_for(client, answer.json()["id"]) == "completed"
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors, errors
