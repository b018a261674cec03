"""Shots that wait for a person: why, the ways on with their price, own material, and purchases nobody knows about."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from client.proxy import Proxy, film
from reelwright.errors import OutcomeUnknown
from reelwright.providers.protocol import CannotTell
from reelwright.settings import Settings
from web.conftest import HOST, PAID, Page, Visitor, open_visit
from web.test_project import list_states, order, price, read_way, show

REFUSED = {**PAID, "text": PAID["text"].replace("a lamp", "refuse a lamp")}
LOST = {**PAID, "text": PAID["text"].replace("a lamp", "silent lamp")}


class Silent(Proxy):
    """A proxy that never answers to a prompt with ``silent``, and keeps no list."""

    async def submit(self, prepared: Any, keep: Any, make: Any) -> Any:
        if "silent" in prepared["prompt"]:
            raise OutcomeUnknown("cut off")
        return await super().submit(prepared, keep, make)

    async def find(self, prepared: Any, purchase: Any, own: Any) -> Any:
        return CannotTell() if "silent" in prepared["prompt"] else await super().find(prepared, purchase, own)


@pytest.fixture
async def unanswered(settings: Settings, tmp_path: Path) -> AsyncIterator[Visitor]:
    proxy = Silent(tmp_path / "proxy")
    proxy.loses = False
    async with open_visit(settings, proxy) as found:
        yield found


async def make_stuck(buyer: Visitor, fields: dict[str, str]) -> tuple[str, int]:
    """Make a film of which one shot waits; return the project, and the number of that shot."""
    project = await buyer.make(fields)
    await buyer.finish(project)
    return project, list_states(await show(buyer, project)).index("stuck") + 1


def list_ways(page: Page) -> list[str]:
    return [have["value"] for have in page.list_tags("button", name="way") if "data-hotkey" in have]


async def give(visitor: Visitor, project: str, shot: int, content: bytes) -> Page:
    """Give a file of one's own for a shot, as a browser without scripts sends it."""
    page = await show(visitor, project, f"?shot={shot}")
    fields = {"ticket": page.read_field("ticket"), "shot": str(shot), "way": "file"}
    headers = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
    files = {"file": ("own.bin", content)}
    return Page(
        await visitor.client.post(f"/studio/projects/{project}/price", data=fields, files=files, headers=headers)
    )


async def test_a_stuck_shot_is_shown_first_with_its_reason_and_its_ways_and_their_price(
    buyer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LITELLM_API_KEY", "sk-any")
    project, shot = await make_stuck(buyer, REFUSED)
    page = await show(buyer, project)
    assert page.read_field("shot") == str(shot)
    assert "refused it, and said:" in page.text and "the proxy says no" in page.text and "Not billed." in page.text
    ways = list_ways(page)
    assert len(ways) == 2 and ways[0].startswith("model:litellm-") and ways[1] == "model:animatic"
    assert page.list_tags("textarea", name="prompt") and page.list_tags("input", type="file")
    other = await price(buyer, project, shot=str(shot), way=ways[0])
    assert float(other.price) > 0 and read_way(other) == ways[0], "another model has its own price"


async def test_what_a_provider_said_is_its_own_words_under_its_name(buyer: Visitor) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    page = await buyer.see(f"/studio/projects/{project}?shot={shot}", **{"Accept-Language": "de"})
    assert "Google Vertex / LiteLLM hat das abgelehnt:" in page.text and "the proxy says no" in page.text


async def test_other_words_are_made_at_the_price_that_was_shown(buyer: Visitor) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    words = {"shot": str(shot), "prompt": "a lamp on a desk"}
    priced = await price(buyer, project, **words)
    assert float(priced.price) > 0 and list_states(priced)[shot - 1] == "again"
    dearer = await order(buyer, project, priced, **words, accept_unconfirmed="1", max_usd="0.01")
    assert (dearer.answer.status_code, dearer.codes) == (402, ["above_given_budget"])
    sent = await order(buyer, project, priced, **words, accept_unconfirmed="1")
    assert sent.answer.status_code == 303
    await buyer.finish(project)
    assert set(list_states(await show(buyer, project))) == {"had"}


async def test_its_animatic_costs_nothing_and_finishes_the_film(buyer: Visitor) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    priced = await price(buyer, project, shot=str(shot), way="model:animatic", prompt="ignored")
    assert priced.price == "0.00", priced.codes
    sent = await order(buyer, project, priced, shot=str(shot), way=read_way(priced))
    assert sent.answer.status_code == 303, sent.text
    await buyer.finish(project)
    details = await buyer.studio.show(project)
    assert details.job and details.job.state == "done"
    assert buyer.proxy and not [one for one in buyer.proxy.submissions if "refuse" in one]


@pytest.mark.parametrize("kind", ["clip", "picture"])
async def test_own_material_takes_the_place_of_the_shot(buyer: Visitor, kind: str) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    picture = io.BytesIO()
    Image.new("RGB", (640, 360), (30, 90, 60)).save(picture, "PNG")
    content = await film("own", 6000) if kind == "clip" else picture.getvalue()
    priced = await give(buyer, project, shot, content)
    way = read_way(priced)
    assert way.startswith(f"{kind}:") and priced.price == "0.00", priced.text
    sent = await order(buyer, project, priced, shot=str(shot), way=way)
    assert sent.answer.status_code == 303, sent.text
    await buyer.finish(project)
    details = await buyer.studio.show(project)
    assert details.shots[shot - 1].take and "stuck" not in list_states(await show(buyer, project))


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 no film", b"<svg onload=alert(1)></svg>"])
async def test_a_file_that_is_no_material_is_refused_with_its_reason(buyer: Visitor, content: bytes) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    refused = await give(buyer, project, shot, content)
    assert refused.codes and not refused.list_tags("button", name="way", value="clip")
    assert (await buyer.studio.show(project)).revision == 1


async def test_material_of_nobody_is_not_found(buyer: Visitor) -> None:
    project, shot = await make_stuck(buyer, REFUSED)
    for way in (f"clip:{'0' * 64}", "clip:../../etc/passwd", "picture:"):
        page = await price(buyer, project, shot=str(shot), way=way)
        assert page.codes in (["asset_not_found"], ["invalid_value"]), way


async def test_what_became_of_an_unanswered_purchase_is_decided_on_its_shot(unanswered: Visitor) -> None:
    project, shot = await make_stuck(unanswered, LOST)
    page = await show(unanswered, project)
    assert "no answer came back" in page.text and "$0.20 is held" in page.text
    assert [have["value"] for have in page.list_tags("button", name="verdict")] == ["arrived", "never", "written-off"]
    sent = {"ticket": page.read_field("ticket"), "purchase": page.read_field("purchase"), "verdict": "never"}
    decided = await unanswered.send(f"/studio/projects/{project}/decide", sent)
    assert decided.answer.headers["location"].endswith(f"?shot={shot}")
    assert "is held" not in (await show(unanswered, project)).text
    other = await unanswered.send(f"/studio/projects/{project}/decide", {**sent, "purchase": "purchase_of_another"})
    assert (other.answer.status_code, other.codes) == (404, ["purchase_not_found"])


async def test_an_unanswered_purchase_that_is_written_off_counts_as_paid(unanswered: Visitor) -> None:
    project, _ = await make_stuck(unanswered, LOST)
    page = await show(unanswered, project)
    sent = {"ticket": page.read_field("ticket"), "purchase": page.read_field("purchase"), "verdict": "written-off"}
    assert (await unanswered.send(f"/studio/projects/{project}/decide", sent)).answer.status_code == 303
    (row,) = [one for one in (await unanswered.studio.show_spending(project)).rows if one.purchase == sent["purchase"]]
    assert row.is_written_off and row.micros == 200_000
    page = await show(unanswered, project)
    assert "It cost $0.20." in page.text and page.list_tags("textarea", name="prompt"), "then the ways on stand there"
