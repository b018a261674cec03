"""Takes that a provider failed to make, over HTTP: a retry sends them again, and none is queued that sends nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx2
import pytest

from client.proxy import Proxy
from reelwright.catalogue.model_row import FailureCharges
from reelwright.providers.protocol import Progress
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.conftest import MODEL, open_server
from server.test_native import post, wait_for


class Down(Proxy):
    """Fails what it is sent, for nothing and for a reason that may pass, until it is ``well``; a filter of its own
    withholds ``a mask``.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.well = False

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges(on_failure="free", on_filter="free", on_cancel="free", source="itself")

    async def poll(self, operation: Operation) -> Progress:
        progress = await super().poll(operation)
        if self._accepted()[operation.id]["prompt"] == "a mask":
            return Progress(state="refused", message="a filter")
        return progress if self.well else Progress(state="failed", message="it is down", can_retry=True)


async def order(client: httpx2.AsyncClient, prompt: str) -> str:
    """Order a clip of one sample, and return its job once that has come to rest without a take."""
    job = str((await post(client, "/clips", prompt=prompt, model=MODEL, accept_unconfirmed=True))["job"])
    assert (await wait_for(client, job))["state"] == "waiting"
    return job


@pytest.mark.parametrize("path", ["/api/retry/{}", "/api/v1/jobs/{}/retry"])
async def test_a_retry_sends_again_what_a_provider_failed_to_make(path: str, settings: Settings) -> None:
    shelf = Down(settings.home.parent / "proxy")
    body = {"accept_unconfirmed": True} if "v1" in path else None
    async with open_server(settings, shelf) as server, server.open_client() as client:
        job = await order(client, "a heron")
        assert len(shelf.submissions) == 2
        shelf.well = True
        answer = await client.post(path.format(job), json=body)
        assert answer.status_code in (200, 202), answer.text
        assert (await wait_for(client, job))["state"] == "done"
        assert (await client.get("/api/v1/spend")).json()["usd"] == "0.20"
        assert (await client.get(f"/api/v1/jobs/{job}/files/0")).status_code == 200
    assert len(shelf.submissions) == 3


@pytest.mark.parametrize("path", ["/api/retry/{}", "/api/v1/jobs/{}/retry"])
async def test_a_retry_that_would_send_nothing_is_refused_and_its_job_stays(path: str, settings: Settings) -> None:
    shelf = Down(settings.home.parent / "proxy")
    body = {"accept_unconfirmed": True} if "v1" in path else None
    async with open_server(settings, shelf) as server, server.open_client() as client:
        job = await order(client, "a mask")
        answer = await client.post(path.format(job), json=body)
        assert answer.status_code == 409 and "queued" not in answer.text, answer.text
        assert (await client.get(f"/api/v1/jobs/{job}")).json()["state"] == "waiting"
    assert shelf.submissions == ["a mask"]


async def test_the_progress_that_a_server_which_starts_again_tells_does_not_fall(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over failed tries, a wait for a person, a retry and the landing; each is read by a process of its own."""
    monkeypatch.setattr("reelwright.studio.projects.video_jobs.estimate_model_latency", lambda model: 2.0)
    shelf, told = Down(settings.home.parent / "proxy"), list[int]()

    async def tell_until(*states: str) -> None:
        async with asyncio.timeout(60):
            while True:
                async with AsyncStudio(settings) as other:
                    video = await other.read_video_job(job)
                told.append(video.progress)
                if video.state in states:
                    return

    async with open_server(settings, shelf) as server, server.open_client() as client:
        job = str((await post(client, "/clips", prompt="a heron", model=MODEL, accept_unconfirmed=True))["job"])
        await tell_until("waiting", "failed")
        shelf.well = True
        assert (await client.post(f"/api/v1/jobs/{job}/retry", json={"accept_unconfirmed": True})).is_success
        await tell_until("done")
    assert told == sorted(told) and told[-1] == 100 and 0 < told[-2] < 100, told
