"""From prompts to videos: in order, so many at once, bought once, whatever ended the program before."""

from __future__ import annotations

import asyncio
import builtins
import contextlib
import os
import random
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy, film
from reelwright import Studio
from reelwright.client.exceptions import (
    APIError,
    DownloadError,
    OperationNotFoundError,
    TimeoutError,
    ValidationError,
    VideoGenerationError,
)
from reelwright.client.generator import VeoVideoGenerator, generate_video_async, generate_videos_batch
from reelwright.client.videos import VideoRequest
from reelwright.errors import NotAccepted, OutcomeUnknown
from reelwright.settings import Settings
from reelwright.studio.runtime.home import REHEARSAL
from reelwright.studio.studio import AsyncStudio

Making = Callable[..., VeoVideoGenerator]


async def test_a_prompt_becomes_a_video_on_disk(making: Making, proxy: Proxy, tmp_path: Path):
    async with making() as generator:
        assert generator._client is not None
        video = await generator.generate_video_async("a cat")
    assert generator._client is None
    assert video.is_success and video.video_path and video.video_path.read_bytes() == await film("a cat", 8000)
    assert video.video_path.parent == tmp_path / "videos" and video.video_path.name.startswith("a-cat_")
    assert (
        video.file_size_mb == len(await film("a cat", 8000)) / 1e6
        and video.generation_time
        and video.generation_time > 0
    )
    assert video.cost_usd == "3.20" and video.model == "litellm-veo-3.1"
    assert proxy.submissions == ["a cat"]


async def test_a_bar_that_breaks_where_warnings_are_errors_comes_between_no_send_and_its_record(
    making: Making, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
):
    """``python -W error``, or a test of the caller's: the warning of a broken listener must not be raised there."""

    def broken(*_: object) -> None:
        raise BrokenPipeError("the reader went away")

    monkeypatch.setattr("reelwright.client.recording.WireRecord.measure_progress", broken)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with making(show_progress=True) as generator:
            video = await generator.generate_video_async("a cat")
    assert video.is_success and proxy.submissions == ["a cat"]


async def test_the_place_that_is_named_is_taken(making: Making, tmp_path: Path):
    async with making() as generator:
        video = await generator.generate_video_async(
            VideoRequest("a cat", output_path=tmp_path / "deep" / "cat.mp4", seconds=3)
        )
    assert video.video_path == tmp_path / "deep" / "cat.mp4" and video.video_path.is_file()
    assert video.cost_usd == "1.60"  # 3 s are sold as 4


async def test_a_file_of_somebody_else_is_never_written_over(making: Making, proxy: Proxy, tmp_path: Path):
    (tmp_path / "cat.mp4").write_bytes(b"precious")
    async with making() as generator:
        with pytest.raises(ValidationError) as caught:
            await generator.generate_video_async("a cat", tmp_path / "cat.mp4")
    assert caught.value.field == "out" and proxy.submissions == []
    assert (tmp_path / "cat.mp4").read_bytes() == b"precious"


async def test_results_keep_the_order_of_the_prompts(making: Making, proxy: Proxy):
    prompts = [f"{(5 - n) * 0.15:.2f}s number {n}" for n in range(5)]
    async with making() as generator:
        batch = await generator.generate_batch(prompts)
    assert [one.prompt for one in batch.results] == prompts
    assert [one.video_path.read_bytes() for one in batch.results if one.video_path] == [
        await film(prompt, 8000) for prompt in prompts
    ]
    assert batch.success_rate == 1.0 and batch.details["quoted_usd"] == "16.00"


async def test_no_more_than_the_limit_are_under_way_and_the_next_starts_when_one_ends(making: Making, proxy: Proxy):
    proxy.together = 5
    async with making() as generator:
        batch = await generator.generate_batch([f"clip {n}" for n in range(7)], concurrent_limit=5)
    assert batch.successful == 7 and proxy.most == 5


async def test_one_that_fails_does_not_sink_the_batch(making: Making, proxy: Proxy):
    async with making() as generator:
        batch = await generator.generate_batch(["a", "refuse b", "c", "", "d"])
    assert (batch.successful, batch.failed) == (3, 2)
    assert [one.prompt for one in batch.get_failed_videos()] == ["refuse b", ""]
    refused, empty = (one.exception for one in batch.get_failed_videos())
    assert isinstance(refused, APIError) and "says no" in str(refused) and refused.was_billed == "no"
    assert isinstance(empty, ValidationError)


async def test_the_same_prompt_twice_in_a_batch_is_two_videos(making: Making, proxy: Proxy):
    async with making() as generator:
        batch = await generator.generate_batch(["a cat", "a cat"])
    one, other = batch.results
    assert one.video_path != other.video_path and proxy.submissions == ["a cat", "a cat"]


async def test_a_single_call_raises_what_a_batch_records(making: Making):
    async with making() as generator:
        with pytest.raises(APIError, match="says no"):
            await generator.generate_video_async("refuse me")
    async with making(max_wait_time=2.0) as generator:
        with pytest.raises(OperationNotFoundError) as lost:
            await generator.generate_video_async("lose me")
    assert lost.value.operation_name


async def test_an_operation_that_is_not_known_there_stays_bought_and_the_same_call_asks_again(
    making: Making, proxy: Proxy
):
    """Source: systems.md S4-34."""
    async with making(max_wait_time=2.0) as generator:
        with pytest.raises(OperationNotFoundError) as lost:
            await generator.generate_video_async("lose me")
        proxy.loses = False
        video = await generator.generate_video_async("lose me")
    assert video.is_success and proxy.submissions == ["lose me"]
    assert lost.value.details["elapsed_time"] == 2.0


async def test_nothing_is_sent_for_what_is_not_valid(making: Making, proxy: Proxy):
    async with making() as generator:
        for bad in ("", "   ", "x" * 5000):
            with pytest.raises(ValidationError):
                await generator.generate_video_async(bad)
        with pytest.raises(ValidationError):
            await generator.generate_batch(["a"], concurrent_limit=0)
        with pytest.raises(ValidationError, match=r"gemini-omni-1\.1-flash") as gone:
            await generator.generate_video_async("a cat", model="veo-3.0")
        with pytest.raises(ValidationError):
            await generator.generate_video_async("a cat", seconds=9)
    assert gone.value.field == "model" and proxy.submissions == []


class Omni(Proxy):
    """A wire that sells what follows Veo 3.0."""

    def list_models(self) -> frozenset[str]:
        return frozenset({"gemini-omni-1.1-flash"})


@pytest.mark.parametrize("told", [{"successor": True}, {"successor": "yes"}, {"settings": "successor"}])
async def test_a_retired_model_s_successor_is_asked_where_that_is_wanted_and_the_answer_says_so(
    making: Making, tmp_path: Path, told: dict[str, Any]
):
    """Source: systems.md G05."""
    wire = Omni(tmp_path / "omni")
    if "settings" in told:
        told = {"settings": Settings(home=tmp_path / "home", retired="successor")}
    async with making(provider=wire, **told) as generator:
        batch = await generator.generate_batch([VideoRequest("a cat", model="veo-3.0"), "a dog"])
        video, other = batch.results
    assert video.is_success and video.model == "gemini-omni-1.1-flash" and wire.submissions == ["a cat"]
    said = [note for note in video.notes if "Veo 3.0 is retired: gemini-omni-1.1-flash is asked in its place" in note]
    assert len(said) == 1 and "a second" in said[0], "with the difference in price"
    assert not other.is_success  # the generator's own model is not sold there: it is no retired one
    with Studio(Settings(home=tmp_path / "home")) as studio:
        assert video.project
        film = await asyncio.to_thread(studio.pull, video.project, tmp_path / "pulled")
    assert "veo-3.0: gemini-omni-1.1-flash" in film.film.read_text(encoding="utf-8")


async def test_where_the_wire_does_not_sell_the_successor_the_next_version_is_asked_and_the_answer_says_so(
    making: Making, proxy: Proxy
):
    async with making(successor=True) as generator:
        video = await generator.generate_video_async("a cat", model="veo-3.0")
    assert video.is_success and video.model == "litellm-veo-3.1" and proxy.submissions == ["a cat"]
    assert any("Veo 3.0 is retired: litellm-veo-3.1 is asked in its place" in note for note in video.notes)


async def test_a_successor_that_the_wire_does_not_sell_is_never_taken_for_another_one(making: Making, proxy: Proxy):
    class Lite(Proxy):
        def list_models(self) -> frozenset[str]:
            return frozenset({"litellm-veo-3.1-lite"})

    async with making(provider=Lite(proxy.folder / "lite"), successor=True) as generator:
        with pytest.raises(ValidationError, match=r"litellm-veo-3\.1-lite") as refused:
            await generator.generate_video_async("a cat", model="veo-3.0")
    assert "gemini-omni-1.1-flash" in refused.value.hint and "not sold there" in refused.value.hint


async def test_an_answer_tells_by_which_day_its_model_goes(making: Making):
    async with making() as generator:
        video = await generator.generate_video_async("a cat")
    assert any("2026-11-17" in note and "its successor is gemini-omni-1.1-flash" in note for note in video.notes)


async def test_the_wire_s_own_name_of_a_model_is_understood(making: Making):
    async with making() as generator:
        video = await generator.generate_video_async("a cat", model="veo-3.1-fast-generate-001")
    assert video.model == "litellm-veo-3.1-fast"


async def test_in_the_home_of_a_rehearsal_nothing_is_bought(making: Making, proxy: Proxy, tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / REHEARSAL).write_text("{}")
    with pytest.raises(ValidationError, match="rehearsal"):
        async with making() as generator:
            await generator.generate_video_async("a cat")
    assert proxy.submissions == []


async def test_a_price_above_the_cap_stops_the_whole_batch_before_anything_is_sent(making: Making, proxy: Proxy):
    async with making(max_usd="6") as generator:
        with pytest.raises(VideoGenerationError, match=r"may cost \$6\.40, and the budget is \$6\.00") as caught:
            await generator.generate_batch(["a", "b"])
        assert caught.value.details["kind"] == "OverBudget" and proxy.submissions == []
        assert (await generator.generate_video_async("a")).is_success


async def test_the_cap_of_a_batch_holds_against_the_bill(making: Making, proxy: Proxy):
    """A video is quoted at $3.20 and billed at $6.00: of three, $9.60 pay for one."""
    proxy.bills = (6_000_000,)
    async with making(max_usd="9.60") as generator:
        made = await generator.generate_batch(["a", "b", "c"], concurrent_limit=1)
    assert len(proxy.submissions) == 1 and sum(one.is_success for one in made.results) == 1


async def test_a_second_run_buys_nothing_and_finds_what_it_had(making: Making, proxy: Proxy):
    async with making() as generator:
        first = await generator.generate_batch(["a", "b", "a"])
    async with making() as generator:
        again = await generator.generate_batch(["a", "b", "a"])
        assert [one.video_path for one in again.results] == [one.video_path for one in first.results]
        assert all(one.is_up_to_date and one.generation_time == 0.0 for one in again.results)
        assert len(proxy.submissions) == 3
        another = await generator.generate_video_async("a")
    assert another.video_path not in [one.video_path for one in first.results] and len(proxy.submissions) == 4
    first.results[1].video_path.unlink()
    async with making() as generator:
        back = await generator.generate_video_async("b")
    assert back.video_path == first.results[1].video_path and back.is_success and len(proxy.submissions) == 4


async def test_without_reuse_a_new_run_makes_another(making: Making, proxy: Proxy):
    for _ in range(2):
        async with making(reuse=False) as generator:
            await generator.generate_video_async("a")
    assert proxy.submissions == ["a", "a"]


@pytest.mark.parametrize("reuse", [True, False])
async def test_too_long_a_wait_ends_and_the_next_call_goes_on_with_the_same_operation(
    making: Making, proxy: Proxy, reuse: bool
):
    async with making(max_wait_time=1.0, reuse=reuse) as generator:
        with pytest.raises(TimeoutError) as caught:
            await generator.generate_video_async("3s slow")
        while proxy.under_way:
            with contextlib.suppress(TimeoutError):
                await generator.generate_video_async("3s slow")
    assert proxy.submissions == ["3s slow"]
    assert isinstance(caught.value, builtins.TimeoutError) and caught.value.elapsed_time >= 1.0
    assert caught.value.details["operation"]
    async with making() as generator:
        video = await generator.generate_video_async("3s slow")
    assert video.is_success and proxy.submissions == ["3s slow"]


async def test_a_download_that_is_cut_is_fetched_again(making: Making, proxy: Proxy):
    async with making() as generator:
        video = await generator.generate_video_async("cut twice")
    assert video.is_success and proxy.cuts == 0


async def test_a_download_that_never_comes_says_how_far_it_came_and_is_kept(
    making: Making, proxy: Proxy, tmp_path: Path
):
    async with making(max_wait_time=2.0) as generator:
        with pytest.raises(DownloadError) as caught:
            await generator.generate_video_async("cut for ever", tmp_path / "x.mp4")
        with pytest.raises(DownloadError):
            await generator.generate_video_async("cut for ever", tmp_path / "x.mp4")
    assert caught.value.partial_bytes == 1000 and caught.value.video_uri
    assert list(tmp_path.glob("*.mp4")) == [] and caught.value.details["billed"] == "yes"
    assert proxy.submissions == ["cut for ever"]


async def test_what_was_not_accepted_is_sent_again_so_often_and_no_more(making: Making, proxy: Proxy):
    proxy.answers = [NotAccepted("429"), NotAccepted("429")]
    async with making(max_retries=2) as generator:
        with pytest.raises(APIError, match="429"):
            await generator.generate_video_async("a cat")
    assert proxy.submissions == []


class Busy(Proxy):
    """Takes one submission in five for too many, by a seed."""

    chance = random.Random(7)

    async def submit(self, *args: Any) -> Any:
        if self.chance.random() < 0.2:
            raise NotAccepted("429")
        return await super().submit(*args)


async def test_trying_again_fails_a_third_as_often_as_not_at_all(
    making: Making, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Source: systems.md S4-49."""
    monkeypatch.setattr("reelwright.client.options.RETRY_DELAYS", (0.01, 0.01))
    failed = {}
    for tries in (1, 3):
        more = {"provider": Busy(tmp_path / f"busy-{tries}"), "settings": Settings(home=tmp_path / f"home-{tries}")}
        async with making(max_retries=tries, **more) as generator:
            failed[tries] = (await generator.generate_batch([f"clip {n}" for n in range(20)], 10)).failed
    assert failed[1] >= 4 and failed[3] <= failed[1] / 3, failed


async def test_an_outcome_that_nobody_knows_is_said_and_never_sent_again(making: Making, proxy: Proxy):
    proxy.finds = False
    proxy.answers = [OutcomeUnknown("no answer")]
    async with making() as generator:
        with pytest.raises(APIError) as caught:
            await generator.generate_video_async("a cat")
        assert caught.value.was_billed == "unknown" and caught.value.details["billed"] == "unknown"
        with pytest.raises(APIError) as again:
            await generator.generate_video_async("a cat")
        assert again.value.was_billed == "unknown" and proxy.submissions == []
    async with making() as generator:
        with pytest.raises(APIError) as again:
            await generator.generate_video_async("a cat")
    assert again.value.was_billed == "unknown" and proxy.submissions == []


async def test_the_second_equal_call_of_a_function_makes_another_video(tmp_path: Path, proxy: Proxy) -> None:
    settings, folder = Settings(home=tmp_path / "home"), tmp_path / "videos"
    given = {"provider": proxy, "settings": settings, "output_dir": folder, "poll_initial_delay": 0.02}
    made = [await generate_video_async("a cat", show_progress=False, **given) for _ in range(2)]
    assert len(proxy.submissions) == 2 and made[0].project != made[1].project
    batch = await generate_videos_batch(["a cat", "a dog"], show_progress=False, **given)
    assert len(proxy.submissions) == 4 and not any(one.is_up_to_date for one in batch.results)


def test_the_blocking_call_works_in_a_plain_script_and_inside_a_running_loop(making: Making, proxy: Proxy):
    assert making().generate_video("a cat").is_success

    async def inside() -> bool:
        return making().generate_video("a dog").is_success

    assert asyncio.run(inside()) and proxy.submissions == ["a cat", "a dog"]


async def test_it_says_when_it_is_not_open(making: Making):
    with pytest.raises(VideoGenerationError, match="not open"):
        await making().generate_video_async("a cat")


@pytest.mark.timed
async def test_a_batch_is_faster_than_one_by_one(making: Making, proxy: Proxy):
    """The least of three measurements: other work on the machine only adds."""
    proxy.seconds = 1.0
    shares = []
    async with making() as generator:
        while len(shares) < 3 and (not shares or shares[-1] > 0.6):
            turn, began = len(shares), time.monotonic()
            await generator.generate_batch([f"a {turn} {n}" for n in range(5)], concurrent_limit=1)
            serial, began = time.monotonic() - began, time.monotonic()
            await generator.generate_batch([f"b {turn} {n}" for n in range(5)], concurrent_limit=5)
            shares.append((time.monotonic() - began) / serial)
    assert min(shares) <= 0.6, shares


@pytest.mark.parametrize("where", ["plain script", "running loop"])
def test_ctrl_c_ends_the_blocking_call_and_the_next_one_goes_on_with_its_operation(tmp_path: Path, where: str):
    code = """
import asyncio, os, signal, sys
from pathlib import Path
from client.proxy import Proxy
from reelwright.client.generator import VeoVideoGenerator, generate_video_async, generate_videos_batch
from reelwright.settings import Settings
home, where, stops = Path(sys.argv[1]), sys.argv[2], sys.argv[3] == "stop"
class Stopping(Proxy):
    async def poll(self, operation):
        if stops:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(60)
        return await super().poll(operation)
proxy = Stopping(home / "proxy")
def make():
    generator = VeoVideoGenerator(provider=proxy, settings=Settings(home=home / "home"), output_dir=home / "videos")
    print(generator.generate_video("a cat").is_success, len(proxy.submissions))
async def inside():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    make()
make() if where == "plain script" else asyncio.run(inside())
"""
    command = [sys.executable, "-c", code, str(tmp_path), where]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    stopped = subprocess.run([*command, "stop"], capture_output=True, text=True, timeout=60, check=False, env=env)
    assert stopped.returncode != 0 and "KeyboardInterrupt" in stopped.stderr
    again = subprocess.run([*command, "go"], capture_output=True, text=True, timeout=60, check=False, env=env)
    assert again.stdout.split() == ["True", "1"], again.stderr


async def test_a_video_that_takes_too_long_does_not_hold_up_the_next_of_its_call(making, proxy):
    async with making(max_wait_time=2.0) as generator:
        async with asyncio.timeout(60):
            batch = await generator.generate_batch(["60s cat", "60s cow", "a dog"], 1)
    assert [result.success for result in batch.results] == [False, False, True]
    assert [type(result.exception) for result in batch.results[:2]] == [TimeoutError] * 2
    assert sorted(proxy.submissions) == ["60s cat", "60s cow", "a dog"]


async def test_a_prompt_of_a_call_that_was_stopped_is_bought_by_the_next_call(making, proxy):
    prompts = ["60s cat", "60s cow"]
    async with making() as generator:
        stopped = asyncio.create_task(generator.generate_batch(prompts, 1))
        while not proxy.submissions:
            await asyncio.sleep(0.05)
        stopped.cancel()
        await asyncio.wait({stopped})
    (other,) = set(prompts) - set(proxy.submissions)
    async with making(max_wait_time=2.0) as generator:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(60):
                await generator.generate_video_async(other)
    assert sorted(proxy.submissions) == prompts


async def test_the_longest_wait_holds_also_for_a_video_that_a_limit_lets_nobody_send(making, tmp_path):
    async with AsyncStudio(Settings(home=tmp_path / "home")) as studio:
        await studio.set_limit("model", "litellm-veo-3.1", open=0)
    async with making(max_wait_time=1.0) as generator:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await generator.generate_video_async("a cat")


@pytest.mark.parametrize(
    ("prompt", "came", "notes"),
    [
        ("a cat", (8.0, 1280, 720), 0),
        ("a short cat", (1.0, 1280, 720), 1),
        ("a small cat", (8.0, 320, 180), 1),
        ("a mute cat", (8.0, 1280, 720), 1),
    ],
)
async def test_a_response_states_the_real_length_and_size_and_in_what_the_video_falls_short(
    making: Making, prompt: str, came: tuple[float, int, int], notes: int
):
    async with making() as generator:
        usual = len((await generator.generate_video_async("a dog")).notes)
        video = await generator.generate_video_async(prompt)
        batch = await generator.generate_batch([prompt])
    for one in (video, *batch.results):
        assert one.is_success and (one.seconds, one.width, one.height) == came
        assert len(one.notes) == usual + notes
