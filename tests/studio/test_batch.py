"""Many rows at once: one price, one consent, each row recorded, and a second run that buys only what is missing."""

from __future__ import annotations

import asyncio
import inspect
import shutil
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy
from reelwright.errors import BadInput, NeedsConsent, NotAccepted, OutcomeUnknown, OverBudget
from reelwright.planner.flavors import read_parts
from reelwright.providers.protocol import Keep, Make, Output, Progress
from reelwright.reel.film.brief import Brief
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings
from reelwright.studio.batches.batch_rows import prepare_rows
from reelwright.studio.batches.batch_runner import BatchRunner
from reelwright.studio.batches.entries import read_entries
from reelwright.studio.batches.row_projects import RowProjects
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.options import RowOptions
from reelwright.studio.results.rows import Agreement, Row, number_rows
from reelwright.studio.studio import AsyncStudio
from studio.shelf import Shelf

MODEL = "litellm-veo-3.1-lite"
AGREED: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@pytest.fixture
def proxy(tmp_path: Path) -> Proxy:
    return Proxy(tmp_path / "proxy")


def studio_of(tmp_path: Path, proxy: Proxy, speed: float = 3600) -> AsyncStudio:
    return AsyncStudio(Settings(home=tmp_path / "home"), providers={proxy.name: proxy}, tempo=Tempo(speed=speed))


async def test_the_price_of_all_comes_first_and_writes_nothing(tmp_path: Path, proxy: Proxy):
    async with studio_of(tmp_path, proxy) as studio:
        quoted = await studio.quote_batch(["a cat", {"prompt": "a dog", "seconds": 6}], model=MODEL)
    assert [row.micros for row in quoted.rows] == [200_000, 300_000] and quoted.line == "0 up to date, 2 to make, $0.50"
    assert quoted.unconfirmed_price_rows == (1, 2) and not (tmp_path / "home").exists()


async def test_two_rows_with_one_file_are_refused_before_a_price(tmp_path: Path, proxy: Proxy):
    """The danger: both were bought, and the clip of the first was replaced by that of the second without a word."""
    rows = [{"prompt": text, "out": str(tmp_path / "same.mp4")} for text in ("a cat", "a dog")]
    async with studio_of(tmp_path, proxy) as studio:
        with pytest.raises(BadInput) as caught:
            await studio.quote_batch(rows, model=MODEL)
    assert caught.value.field == "row 2: out" and "row 1" in caught.value.accepted


async def test_a_film_that_was_killed_before_its_plan_costs_what_it_did(tmp_path: Path, proxy: Proxy):
    """Its words alone are free: the second run said $0.00, and went on with what was agreed to before."""
    entry = {
        "brief": "“It never flickers.” For “Fenn”, a lamp",
        "models": [MODEL],
        "length": 4,
        "short_side": 180,
        "until": "takes",
    }
    async with studio_of(tmp_path, proxy) as studio:
        first = await studio.quote_batch([entry])
        home = await studio._open_home()
        prepared = await prepare_rows([entry], tmp_path, home.settings, RowOptions())
        await BatchRunner(home).enqueue([prepared[0].row], first, concurrency=5, agreement=Agreement(by="yes"))
        again = await studio.quote_batch([entry])
    assert (again.line, again.micros) == (first.line, first.micros) and first.micros > 0
    assert again.rows[0].project and not again.rows[0].is_up_to_date


async def test_every_row_comes_to_its_file_and_a_second_run_buys_nothing(tmp_path: Path, proxy: Proxy):
    out, heard = tmp_path / "out", list[int]()
    entries = ["a cat", {"prompt": "a dog", "out": "dog.mp4"}, "a cat"]
    async with studio_of(tmp_path, proxy) as studio:
        made = await studio.batch(entries, model=MODEL, out=out, on_row_end=lambda row: heard.append(row.n), **AGREED)
    assert (made.total_rows, made.done_rows, made.up_to_date, made.micros) == (3, 3, 0, 600_000) and sorted(heard) == [
        1,
        2,
        3,
    ]
    assert made.rows[1].path == out / "dog.mp4" and made.rows[0].path != made.rows[2].path
    assert made.rows[0].path.name.startswith("001-a-cat-") and b"ftyp" in made.rows[0].path.read_bytes()[:12]
    made.rows[0].path.unlink()
    async with studio_of(tmp_path, proxy) as studio:
        quoted = await studio.quote_batch(entries, model=MODEL, out=out)
        again = await studio.batch(entries, model=MODEL, out=out)
        more = await studio.batch([*entries, "a heron"], model=MODEL, out=out, budget="0.20", accept_unconfirmed=True)
    assert quoted.line == "3 up to date, 0 to make, $0.00" and again.up_to_date == 3
    assert [row.path for row in again.rows] == [row.path for row in made.rows] and again.rows[0].path.is_file()
    assert (
        more.up_to_date == 3
        and more.done_rows == 4
        and sorted(proxy.submissions) == ["a cat", "a cat", "a dog", "a heron"]
    )


async def test_a_row_that_was_killed_early_and_edited_by_hand_since_comes_to_its_file(tmp_path: Path, proxy: Proxy):
    """Its project had no job of the batch, and the job of the edit says nothing of a file."""
    out = tmp_path / "out"
    async with studio_of(tmp_path, proxy) as studio:
        prepared = await prepare_rows(["a cat"], tmp_path, studio._settings, RowOptions(model=MODEL, out=out))
        project = await RowProjects(await studio._open_home()).open(prepared[0].row)
        await studio.edit(project, shot=1, prompt="a dog", **AGREED)
        made = await studio.batch(["a cat"], model=MODEL, out=out, **AGREED)
    assert made.rows[0].path and made.rows[0].path.parent == out and made.rows[0].path.is_file()
    assert proxy.submissions == ["a dog"], "the words as typed"


async def test_rows_that_fail_are_recorded_and_tried_again_by_the_next_run(tmp_path: Path, proxy: Proxy):
    entries = ["refuse this", "a cat", "lose this"]
    async with studio_of(tmp_path, proxy) as studio:
        made = await studio.batch(entries, model=MODEL, out=tmp_path / "out", **AGREED)
    assert [row.state for row in made.rows] == ["waiting", "done", "waiting"]
    assert "says no" in made.rows[0].message and made.rows[0].path is None
    assert "take of shot 1" in made.rows[0].message and "take/shot_" not in made.rows[0].message
    async with studio_of(tmp_path, proxy) as studio:
        quoted = await studio.quote_batch(entries, model=MODEL)
    assert [row.is_up_to_date for row in quoted.rows] == [False, True, False] and quoted.micros == 200_000, (
        "what was taken on is not bought again"
    )


async def test_one_consent_covers_the_whole_batch(tmp_path: Path, proxy: Proxy):
    async with studio_of(tmp_path, proxy) as studio:
        with pytest.raises(NeedsConsent, match="not confirmed"):
            await studio.batch(["a", "b"], model=MODEL, yes=True)
        with pytest.raises(NeedsConsent):
            await studio.batch(["a", "b"], model=MODEL, accept_unconfirmed=True)
        with pytest.raises(OverBudget, match=r"0\.40"):
            await studio.batch(["a", "b"], model=MODEL, budget="0.39", accept_unconfirmed=True)
        for bad in (0, 65, True):
            with pytest.raises(BadInput, match="concurrency"):
                await studio.batch(["a"], model=MODEL, concurrency=bad, **AGREED)
    assert proxy.submissions == []


async def test_no_more_rows_than_asked_are_under_way(tmp_path: Path, proxy: Proxy):
    proxy.submit_s = 0.3
    async with studio_of(tmp_path, proxy) as studio:
        await studio.batch([f"clip {n}" for n in range(6)], model=MODEL, concurrency=2, **AGREED)
    assert proxy.most == 2 and len(proxy.submissions) == 6


async def test_a_provider_that_is_busy_is_not_sent_the_next_rows_too(tmp_path: Path, proxy: Proxy):
    """Else every row would use up its sends on it while it is, and fail."""
    sent: list[str] = []
    submit = proxy.submit

    async def seen(prepared: Mapping[str, Any], *more: Any) -> Any:
        sent.append(prepared["prompt"])
        return await submit(prepared, *more)

    proxy.submit = seen  # type: ignore[assignment,method-assign]
    proxy.answers = [NotAccepted("asked too often")]
    async with studio_of(tmp_path, proxy, speed=60) as studio:  # again after 0.5 s
        made = await studio.batch(["a", "b", "c"], model=MODEL, concurrency=1, **AGREED)
    assert sent[0] == sent[1] and sorted(proxy.submissions) == ["a", "b", "c"]
    assert [row.state for row in made.rows] == ["done"] * 3


async def test_a_slow_download_does_not_hold_up_the_next_row(tmp_path: Path, proxy: Proxy):
    brought: list[str] = []
    bring = proxy.fetch

    async def fetch(operation: Operation, output: Output) -> AsyncIterator[bytes]:
        while len(proxy.submissions) < 2:
            await asyncio.sleep(0.01)
        brought.append(operation.id)
        async for part in bring(operation, output):
            yield part

    proxy.fetch = fetch  # type: ignore[assignment,method-assign]
    async with studio_of(tmp_path, proxy) as studio:
        made = await studio.batch(["a", "b"], model=MODEL, concurrency=1, **AGREED)
    assert made.done_rows == 2 and len(brought) == 2 and proxy.most == 1


@pytest.mark.parametrize(
    ("name", "text", "rows"),
    [
        ("a.yaml", "- a cat\n- prompt: a dog\n  seconds: 4\n", ["a cat", {"prompt": "a dog", "seconds": 4}]),
        ("a.yml", "# mine\n- a cat\n", ["a cat"]),
        (
            "a.yaml",
            "- brief: a lamp\n  aspect: 9:16\n  length: 1:30\n",
            [{"brief": "a lamp", "aspect": "9:16", "length": "1:30"}],
        ),
        ("a.yml", "# mine\nrows:\n- a cat\n", ["a cat"]),
        ("a.yaml", "rows:\n  - brief: a lamp\n", [{"brief": "a lamp"}]),
        ("a.json", '["a cat", {"prompt": "a dog"}]', ["a cat", {"prompt": "a dog"}]),
        ("a.jsonl", '"a cat"\n\n{"prompt": "a dog"}\n', ["a cat", {"prompt": "a dog"}]),
        (
            "a.csv",
            'prompt,seconds,seed,out\n"a cat, grey",4,,\na dog,,7,d.mp4\n',
            [{"prompt": "a cat, grey", "seconds": "4"}, {"prompt": "a dog", "seed": 7, "out": "d.mp4"}],
        ),
        ("a.csv", "prompt,seed\na cat,\n,\n  ,\na dog,7\n", [{"prompt": "a cat"}, {"prompt": "a dog", "seed": 7}]),
        ("a.tsv", "brief\timages\na lamp\ta.jpg; b.jpg\n", [{"brief": "a lamp", "images": ["a.jpg", "b.jpg"]}]),
        ("a.txt", "a cat\n# not this\n\na dog\n", ["a cat", "a dog"]),
        ("-", "- a cat\n", ["a cat"]),
        ("-", '{"prompt": "a cat"}\n', [{"prompt": "a cat"}]),
        ("-", "a cat\na dog", ["a cat", "a dog"]),
    ],
)
def test_rows_are_read_from_every_kind_of_file(name: str, text: str, rows: list[Any]):
    assert read_entries(text, name) == rows


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "", "a list of rows"),
        ("a.yaml", "- &x a\n- *x\n", "no anchors"),
        ("a.yaml", "name: x\n", "a list of rows"),
        ("a.jsonl", '{"prompt": \n', "line 1"),
        ("a.csv", "prompt,seed\na,b,c\n", "cells"),
        ("a.csv", "prompt,seed\na,many\n", "line 2: seed"),
        ("a.txt", "\n\n", "no rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(name: str, text: str, said: str):
    with pytest.raises(BadInput, match=said):
        read_entries(text, name)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (5, "row 2: keys"),
        ({}, "row 2: keys"),
        ({"prompt": "a", "brief": "b"}, "row 2: keys"),
        ({"prompt": "a", "colour": "red"}, "row 2: field: 'colour'"),
        ({"prompt": "a", "model": "veo-3.0"}, "row 2: model"),
        ({"prompt": "a", "seconds": 9}, "row 2: seconds"),
        ({"prompt": "", "seconds": 4}, "row 2: prompt"),
        ({"prompt": "a", "aspect": "4:3"}, "row 2: aspect"),
        ({"prompt": "a", "out": "dog"}, "row 2: out"),
        ({"brief": "a lamp", "out": "lamp.mov"}, "row 2: out"),
        ({"brief": "a lamp", "length": "soon"}, "row 2: length"),
        ({"brief": "a lamp", "images": ["none.jpg"]}, "row 2: images"),
        ({"brief": "a lamp", "until": "never"}, "row 2: until"),
    ],
)
async def test_a_row_that_cannot_be_is_named_before_anything_is_bought(
    tmp_path: Path, proxy: Proxy, entry: Any, said: str
):
    async with studio_of(tmp_path, proxy) as studio:
        with pytest.raises(BadInput, match=said):
            await studio.batch(["a cat", entry], model=MODEL, **AGREED)
    assert proxy.submissions == [] and not (tmp_path / "home").exists()


async def test_every_row_that_cannot_be_is_named_at_once(tmp_path: Path, proxy: Proxy):
    async with studio_of(tmp_path, proxy) as studio:
        with pytest.raises(BadInput) as wrong:
            await studio.batch(["a cat", {"prompt": ""}, {"prompt": "a", "seconds": 9}], model=MODEL, **AGREED)
        with pytest.raises(BadInput) as thin:
            await studio.quote_batch(
                [{"brief": "make a video"}, {"prompt": "a cat", "model": MODEL}, {"brief": "make a cool video"}]
            )
    assert wrong.value.field == "row 2: prompt" and "Row 3: seconds" in wrong.value.hint
    assert thin.value.field == "row 1: brief" and "Row 3: brief: 'make a cool video'" in thin.value.hint
    assert proxy.submissions == [] and not (tmp_path / "home").exists()


async def test_the_homes_model_and_flavors_are_those_of_its_rows_as_well(tmp_path: Path, proxy: Proxy):
    """As of ``make`` and ``clip``: what the settings say holds where a row says nothing."""
    folder = Path(inspect.getfile(read_parts)).parent / "example"
    shutil.copytree(folder, tmp_path / "home" / "flavors" / "mine")
    settings = Settings(home=tmp_path / "home", model=MODEL)
    async with AsyncStudio(settings, providers={proxy.name: proxy}) as studio:
        quoted = await studio.quote_batch([{"prompt": "a cat"}, {"brief": "A lamp", "flavor": "mine", "length": 6}])
    assert quoted.rows[0].micros == 200_000 and quoted.rows[1].micros > 0


def test_a_row_is_known_by_what_it_asks_for_and_how_often_it_stood_before():
    one, other = Row(n=1, brief=Brief(text="a")), Row(n=1, brief=Brief(text="b"))
    rows = number_rows([one, other, one])
    assert [(row.n, row.order_number) for row in rows] == [(1, 1), (2, 1), (3, 2)]
    assert rows[0].key == rows[2].key != rows[1].key


async def test_a_row_may_say_that_an_option_is_as_usual(tmp_path: Path, proxy: Proxy):
    clip = {"prompt": "a cat", "model": MODEL, "successor": None}
    film = {"brief": "“It never flickers.” For “Fenn”, a lamp", "successor": None, "draft": False, "models": [MODEL]}
    async with studio_of(tmp_path, proxy) as studio:
        assert (await studio.quote_batch([clip, film])).wanted_rows == 2


@pytest.mark.parametrize(("bill", "bought"), [(1_000_000, 1), (300_000, 4)])
async def test_the_budget_of_a_batch_is_one_allowance_and_holds_against_the_bill(
    tmp_path: Path, bill: int, bought: int
):
    """The danger: five rows quoted at $0.20 and billed at $1.00 were all bought under a budget of $1.20."""
    proxy = Proxy(tmp_path / "proxy", bills=[bill])
    entries = [f"clip {n}" for n in range(1, 7)]
    async with studio_of(tmp_path, proxy) as studio:
        made = await studio.batch(entries, model=MODEL, budget="1.20", accept_unconfirmed=True, concurrency=1)
        waits = [row for row in made.rows if row.state == "waiting"]
        assert len(proxy.submissions) == bought and made.micros == proxy.total_micros <= 1_200_000
        assert len(waits) == 6 - bought and {row.wait_reason for row in waits} == {"budget"}
        made_rows = {row.n for row in made.rows if row.state == "done"}
        assert all(row.reason and row.reason.params["bill"].params["row"] in made_rows for row in waits)
        assert await studio.list_budgets() == ()
        again = await studio.batch(entries, model=MODEL, yes=True, accept_unconfirmed=True)
    assert again.up_to_date == bought and len(proxy.submissions) > bought


async def test_a_row_that_may_have_been_bought_is_asked_about_however_often_its_batch_is_typed(tmp_path: Path):
    """2026-11: from the second time on it asked for a price that was agreed to, and no answer to that was heard."""

    class Silent(Shelf):
        async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
            await super().submit(prepared, keep, make)
            raise OutcomeUnknown("the line was cut")

    shelf = Silent()
    for _ in range(3):
        async with AsyncStudio(Settings(home=tmp_path / "home"), providers={"shelf": shelf}) as studio:
            made = await studio.batch(["a fox"], model="openrouter-seedance-2.0-fast", out=tmp_path / "out", **AGREED)
        (row,) = made.rows
        assert (row.state, row.wait_reason) == ("waiting", "decision") and "may have been bought" in row.message
    async with AsyncStudio(Settings(home=tmp_path / "home"), providers={"shelf": shelf}) as studio:
        assert (await studio.resume("last", **AGREED)).wait_reason == "decision"
    assert len(shelf.sent) == 1
