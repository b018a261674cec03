"""The fakes' own floor: bills that survive, scripts that repeat themselves, servers that misbehave as told."""

from __future__ import annotations

import asyncio
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.errors import BadInput
from reelwright.providers.fakes.bill import Bill, read_bill
from reelwright.providers.fakes.lookup import list_fakes, load_fake_class
from reelwright.providers.fakes.media_spec import MediaSpec, make_tiny_file
from reelwright.providers.fakes.remote import Remote
from reelwright.providers.fakes.script import (
    Behaviour,
    Kind,
    Script,
    answer_late,
    answer_nonsense,
    answer_status,
    build_faulty_script,
    drop,
    expire_after,
    fail_late,
    filter_samples,
    hang,
    swallow,
    trickle,
)
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Call, Fake, Part, Reply, make_json_reply, parse_call
from reelwright.reel.base.document import from_json, to_json

ROOT = Path(__file__).parents[2]
ASKED = MediaSpec(provider="toy", model="toy/1", kind="video", prompt="a fox", ms=2000)


class Toy(Fake):
    """The least wire: POST /orders, GET /orders/<id>, GET /orders/<id>/bytes."""

    name = "toy"

    def identify_kind(self, call: Call) -> Kind:
        if call.path.endswith("/bytes"):
            return "fetch"
        return "submit" if call.method == "POST" else "poll"

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        if call.kind == "submit":
            work = self.remote.accept(ASKED, 400_000, (1, 1), met, samples=2, payer=call.payer)
            return make_json_reply({"id": work.id}, 202)
        found = self.remote.get(call.path.split("/")[2])
        if found is None:
            return self.make_error(404, "no such work")
        if call.kind == "fetch":
            return Reply(body=await self.remote.get_output(found, 0), headers={"content-type": "video/mp4"})
        return make_json_reply({"state": await self.remote.get_state(found), "brought": found.delivered_samples})

    def make_error(self, code: int, said: str) -> Reply:
        return make_json_reply({"error": said}, code)


def client(server: FakeServer) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=server.url, headers={"authorization": "Bearer someone"}, timeout=10)


AT_ONCE = Script(latency_s=(0, 0))


async def test_what_is_taken_on_is_billed_ready_and_the_same_at_every_fetch():
    async with FakeServer(Toy(script=AT_ONCE)) as server, client(server) as http:
        said = await http.post("/orders", json={})
        assert said.status_code == 202
        place = f"/orders/{said.json()['id']}"
        assert (await http.get(place)).json() == {"state": "succeeded", "brought": [0, 1]}
        first, again = await http.get(f"{place}/bytes"), await http.get(f"{place}/bytes")
        assert first.content == again.content == await make_tiny_file(ASKED)
        assert server.fake.bill.sum_micros() == 400_000
        assert [server.count(kind) for kind in ("submit", "poll", "fetch")] == [1, 1, 2]
        assert (await http.get("/orders/none")).status_code == 404


@pytest.mark.parametrize(("met", "billed"), [(drop(), 0), (swallow(), 400_000), (hang(), 0)], ids=lambda v: str(v)[:20])
async def test_a_call_without_an_answer_is_billed_only_when_it_was_swallowed(met, billed):
    async with FakeServer(Toy(script=AT_ONCE.add_rule("submit", met, [1]))) as server, client(server) as http:
        with pytest.raises(httpx2.TransportError):
            await http.post("/orders", json={}, timeout=0.5)
        assert (server.count("submit"), server.fake.bill.sum_micros()) == (1, billed)
        assert (await http.post("/orders", json={})).status_code == 202


async def test_a_status_is_told_with_its_header_and_bills_nothing():
    script = AT_ONCE.add_rule("submit", answer_status(429, retry_after="7"))
    async with FakeServer(Toy(script=script)) as server, client(server) as http:
        said = await http.post("/orders", json={})
        assert (said.status_code, said.headers["retry-after"]) == (429, "7")
        assert said.json() == {"error": "as the script says"}
        assert server.fake.bill.charges == ()


async def test_nonsense_is_billed_and_a_slow_or_trickling_answer_is_whole():
    script = (
        AT_ONCE.add_rule("submit", answer_nonsense("?"), [1])
        .add_rule("poll", answer_late(0.1))
        .add_rule("fetch", trickle(2_000))
    )
    async with FakeServer(Toy(script=script)) as server, client(server) as http:
        assert (await http.post("/orders", json={})).text == "?"
        place = f"/orders/{server.fake.bill.submissions[0]}"
        began = time.monotonic()
        await http.get(place)
        assert time.monotonic() - began >= 0.1
        began = time.monotonic()
        assert (await http.get(f"{place}/bytes")).content == await make_tiny_file(ASKED)
        assert time.monotonic() - began >= 0.2


async def test_without_a_key_nothing_is_taken_on():
    async with FakeServer(Toy(secret="right")) as server, httpx2.AsyncClient(base_url=server.url) as http:
        assert (await http.post("/orders")).status_code == 401
        assert (await http.post("/orders", headers={"authorization": "Bearer wrong"})).status_code == 401
        assert (await http.post("/orders", headers={"authorization": "Bearer right"})).status_code == 202
        assert server.count("submit") == 3 and len(server.fake.bill.charges) == 1


async def test_filtered_samples_and_late_failures_cost_what_the_script_says():
    met = [filter_samples(1)], [filter_samples()], [fail_late()], [fail_late(is_billed=True)], [expire_after(9)]
    fake = Toy(script=AT_ONCE)
    works = [fake.remote.accept(ASKED, 400_000, (1, 1), tuple(one), samples=2) for one in met]
    assert [work.micros for work in works] == [200_000, 0, 0, 400_000, 400_000]
    assert [work.delivered_samples for work in works] == [(0,), (), (), (), (0, 1)]
    assert works[4].expires_at and abs(works[4].expires_at - works[4].accepted_at - 9) < 0.001
    assert fake.bill.sum_micros() == 1_000_000


async def test_cancelling_gives_back_once_and_only_while_it_runs():
    fake = Toy(script=Script(latency_s=(60, 60)))
    work = fake.remote.accept(ASKED, 400_000, (1, 1))
    assert fake.remote.cancel(work)
    after = fake.remote.get(work.id)
    assert after and await fake.remote.get_state(after) == "cancelled" and not fake.remote.cancel(after)
    assert fake.bill.sum_micros() == 0 and fake.bill.submissions == (work.id,)
    over = Toy(script=AT_ONCE)
    assert not over.remote.cancel(over.remote.accept(ASKED, 1, (1, 1)))


async def test_what_was_taken_on_is_known_after_a_kill_and_half_a_line_is_passed_over(tmp_path):
    path = tmp_path / "bill.jsonl"
    first = Toy(Bill(path), Script(latency_s=(60, 60)))
    kept, gone = (first.remote.accept(ASKED, 5, (1, 1), payer="me") for _ in range(2))
    first.remote.cancel(gone)
    first.bill.close()
    with path.open("a") as torn:
        torn.write('{"submission": "half", "model": "t')
    again = Toy(Bill(path), Script(latency_s=(60, 60)))
    assert again.remote.get(kept.id) == kept
    assert [work.is_cancelled for work in again.remote] == [True, False]
    assert again.remote.accept(ASKED, 7, (1, 1)).number == 3
    assert sum(charge.micros for charge in read_bill(path)) == again.bill.sum_micros() == 12
    again.bill.close()


async def test_fakes_that_share_a_bill_know_each_others_work(tmp_path):
    """Two rehearsals at once: whoever takes over a film must find what the other had sent."""
    path = tmp_path / "bill.jsonl"
    one, other = (Toy(Bill(path), Script(latency_s=(60, 60))) for _ in range(2))
    work = one.remote.accept(ASKED, 5, (1, 1))
    assert other.remote.get(work.id) == work and other.bill.sum_micros() == one.bill.sum_micros() == 5
    one.remote.cancel(work)
    assert other.bill.sum_micros() == 0 and other.bill.submissions == (work.id,)
    one.remote.forget()
    assert one.remote.get(work.id) is None
    one.bill.close()
    other.bill.close()


@given(st.text(st.characters(codec=None), max_size=40))
def test_any_prompt_stands_on_one_line_of_a_bill(prompt):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "bill.jsonl"
        bill = Bill(path)
        made = bill.add_charge("one", "toy/1", 5, facts={"prompt": prompt})
        assert bill.charges == read_bill(path) == (made,)
        bill.close()


def test_a_script_repeats_itself_and_comes_back_from_its_file():
    script = (
        build_faulty_script(0.05, seed=3, speed=60)
        .add_rule("submit", answer_status(429), window=(60, 90))
        .add_rule("fetch", hang(), [2, 5])
    )
    read = from_json(Script, to_json(script), "script")
    assert read == script
    for number in range(1, 200):
        assert read.select_behaviours("poll", number, 0) == script.select_behaviours("poll", number, 0)
        assert read.compute_latency_s(number, (30, 90)) == script.compute_latency_s(number, (30, 90))
    assert script.select_behaviours("submit", 1, 75) and not script.select_behaviours("cancel", 1, 75)
    assert [n for n in range(1, 9) if hang() in script.select_behaviours("fetch", n, 0)] == [2, 5]
    shares = [
        sum(bool(script.select_behaviours(kind, n, 0)) for n in range(4000)) / 4000 for kind in ("submit", "poll")
    ]
    assert all(0.035 < share < 0.065 for share in shares)


async def test_what_a_fast_clock_brought_can_be_fetched_as_long_as_at_any_speed():
    """A rehearsal draws what it brings: minutes for it must not be hours for the provider."""
    remote = Remote(Bill(), Script(speed=3600, latency_s=(0, 0)), make_tiny_file)
    kept = remote.accept(MediaSpec(provider="x", model="m", kind="video", prompt="a"), 1, (0, 0), life_s=3600)
    told = remote.accept(MediaSpec(provider="x", model="m", kind="video", prompt="a"), 1, (0, 0), (expire_after(3600),))
    assert (kept.life_s, told.life_s) == (3600, 1)


def test_the_same_order_again_is_counted_and_so_a_rehearsal_draws_another_take() -> None:
    remote = Remote(Bill(), Script(), make_tiny_file)
    asked = MediaSpec(provider="openrouter", model="veo", kind="video", prompt="A fox", ms=4000)
    taken = [remote.accept(one, 40, (1, 1)) for one in (asked, asked, replace(asked, prompt="A hare"), asked)]
    assert [work.spec.repeat for work in taken] == [0, 1, 0, 2]


def test_the_same_order_is_counted_on_after_a_restart(tmp_path: Path) -> None:
    asked = MediaSpec(provider="openrouter", model="veo", kind="video", prompt="A fox", ms=4000)
    for number in range(3):
        remote = Remote(Bill(tmp_path / "bill.jsonl"), Script(), make_tiny_file)
        assert remote.accept(asked, 40, (1, 1)).spec.repeat == number


def test_latencies_are_log_normal_with_the_sigma_that_was_asked_for():
    drawn = [math.log(Script(seed=9, sigma=0.8).compute_latency_s(n, (20, 80))) for n in range(4000)]
    assert abs(statistics.stdev(drawn) - 0.8) < 0.03
    assert abs(statistics.mean(drawn) - math.log(40)) < 0.05
    assert all(Script(latency_s=(8, 8)).compute_latency_s(n, (1, 2)) == pytest.approx(8) for n in range(9))


async def test_a_thousand_operations_wait_in_one_fake_without_a_task_or_a_timer():
    async with FakeServer(Toy(script=Script(latency_s=(600, 600)))) as server, client(server) as http:
        before = psutil.Process().memory_info().rss
        for _ in range(1500):
            server.fake.remote.accept(ASKED, 1, (1, 1))
        grown = psutil.Process().memory_info().rss - before
        assert grown < 8 * 2**20
        assert len(asyncio.all_tasks()) <= 3
        places = [f"/orders/{id_}" for id_ in server.fake.bill.submissions[:100]]
        states = [(await http.get(place)).json()["state"] for place in places]
        assert set(states) == {"queued"}


async def test_a_fault_inside_a_fake_fails_the_test_that_used_it():
    class Broken(Toy):
        async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with FakeServer(Broken()) as server, client(server) as http:
            try:
                await http.get("/orders/x")
            except httpx2.TransportError:
                await asyncio.sleep(0)


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,12}", fullmatch=True), st.text(max_size=60), min_size=1, max_size=5))
def test_a_form_is_read_as_it_was_written(fields):
    request = httpx2.Request(
        "POST", "http://fake", data=fields, files={"picture": ("a.png", b"\x00\r\n--", "image/png")}
    )
    call = parse_call("POST", "/", {k.lower(): v for k, v in request.headers.items()}, request.read())
    form = dict(call.parse_form())
    assert form.pop("picture") == Part(body=b"\x00\r\n--", filename="a.png", mime="image/png")
    assert {name: part.text for name, part in form.items()} == fields


def test_every_fake_is_called_by_its_providers_name():
    for name in list_fakes():
        assert load_fake_class(name).name == name


@contextmanager
def in_a_process(*args: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A fake of its own, and its address."""
    path = os.pathsep.join([str(ROOT / "src"), os.environ["PYTHONPATH"]])
    command = [sys.executable, "-m", "reelwright.providers.fakes", *args]
    process = subprocess.Popen(command, env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_a_fake_that_is_killed_in_a_process_of_its_own_comes_back_with_all_that_it_took_on(tmp_path):
    bill, script = tmp_path / "bill.jsonl", tmp_path / "script.json"
    script.write_text(to_json(Script(latency_s=(1, 1)).add_rule("submit", swallow(), [2])))
    args = ("openrouter", "--bill", str(bill), "--script", str(script))
    headers = {"authorization": "Bearer someone"}
    body = {"model": "google/veo-3.1", "prompt": "A red fox", "duration": 4, "resolution": "720p"}
    with in_a_process(*args) as (process, url):
        made = httpx2.post(f"{url}/api/v1/videos", json=body, headers=headers).json()
        with pytest.raises(httpx2.TransportError):
            httpx2.post(f"{url}/api/v1/videos", json=body, headers=headers)
        process.kill()
        process.wait(5)
    assert [charge.micros for charge in read_bill(bill)] == [1_600_000] * 2
    with in_a_process(*args) as (_, url):
        until = time.monotonic() + 10
        while (told := httpx2.get(f"{url}/api/v1/videos/{made['id']}", headers=headers).json())[
            "status"
        ] != "completed":
            assert time.monotonic() < until, told
            time.sleep(0.05)
        assert told["usage"]["cost"] == 1.6
    assert "someone" not in bill.read_text()


def test_a_name_that_no_fake_has_is_refused_with_those_there_are():
    with pytest.raises(BadInput, match="openrouter"):
        load_fake_class("acme")
