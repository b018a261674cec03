"""The page of a project: its strip, what a change would make again and keep, and the order at the price shown."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from reelwright.settings import Settings
from server.conftest import MODEL
from web.conftest import FREE, PAID, SCRIPT, TWO_SHOTS, Page, Visitor, open_visit


def list_states(page: Page) -> list[str]:
    """The state of each tile of the strip, in the order of the film."""
    return [
        re.findall(r"tile-(had|again|making|wanted|stuck)", have["class"])[0]
        for have in page.list_tags("a")
        if "tile " in have.get("class", "")
    ]


def read_way(page: Page) -> str:
    """What the button that makes a priced change would post."""
    return next(have["value"] for have in page.list_tags("button") if "data-main" in have)


async def show(visitor: Visitor, project: str, query: str = "") -> Page:
    return await visitor.see(f"/studio/projects/{project}{query}")


async def price(visitor: Visitor, project: str, **fields: str) -> Page:
    """The project with a change that was not made yet."""
    page = await show(visitor, project)
    sent = {"ticket": page.read_field("ticket"), "revision": page.read_field("revision"), "way": "edit", "shot": "1"}
    return await visitor.send(f"/studio/projects/{project}/price", {**sent, **fields})


async def order(visitor: Visitor, project: str, page: Page, **fields: str) -> Page:
    """Order the change that a page shows, at the price that it shows."""
    sent = {"ticket": page.read_field("ticket"), "revision": page.read_field("revision"), "way": "edit", "shot": "1"}
    return await visitor.send(f"/studio/projects/{project}/change", {**sent, "max_usd": page.price, **fields})


async def test_a_film_is_made_shown_and_one_shot_of_it_changed_at_the_price_that_was_shown(visitor: Visitor) -> None:
    project = await visitor.make(TWO_SHOTS)
    assert set(list_states(await show(visitor, project))) == {"wanted"}
    await visitor.finish(project)
    page = await show(visitor, project)
    assert set(list_states(page)) == {"had"}
    (film,) = page.list_tags("video")
    assert (await visitor.client.get(f"/studio/projects/{film['src']}")).content[4:8] == b"ftyp"
    assert len(page.list_tags("a", href=film["src"])) == 2, "the film is a download, in the menu and where all is made"
    (words, *_) = [have["name"] for have in page.list_tags("textarea") if have["name"].startswith("words.")]
    priced = await price(visitor, project, **{words: "Never flickers"})
    assert list_states(priced).count("again") == 1 and priced.price == "0.00"
    assert re.search(r"Makes 1 again, keeps 1", priced.text)
    assert 'class="tile-name">Never flickers<' in priced.source, "the strip has the new words, too"
    assert (await visitor.studio.show(project)).revision == 1, "a price changes nothing"
    changed = await order(visitor, project, priced, **{words: "Never flickers"})
    assert changed.answer.status_code == 303
    await visitor.finish(project)
    details = await visitor.studio.show(project)
    assert details.revision == 2 and "Never flickers" in details.shots[0].words.values()


async def test_a_shot_that_was_drawn_keeps_the_picture_of_its_plan_on_the_strip(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    planned = await show(visitor, project)
    await visitor.finish(project)
    made = await show(visitor, project)
    assert list_states(planned) != list_states(made) == ["had"]

    def find(page: Page) -> list[str]:
        return [have["href"] for have in page.list_tags("image")]

    assert find(planned) == find(made) != [], "no frame of a take is looked for while another shot is drawn"


async def test_the_still_of_a_shot_is_a_picture_of_its_own_that_a_browser_keeps_while_the_shot_stays_as_it_is(
    visitor: Visitor,
) -> None:
    project = await visitor.make(TWO_SHOTS)
    page = await show(visitor, project)
    stills = sorted(set(re.findall(r"data-picture=\"[./]*(studio/projects/[^\"]+/stills/[^\"]+)", page.source)))
    assert len(stills) == len(list_states(page)) == 2
    for still in stills:
        picture = await visitor.client.get(f"/{still}")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")
        assert "immutable" in picture.headers["cache-control"] and picture.content[8:12] == b"WEBP"
    older = await visitor.client.get(f"/{stills[0].partition('?')[0]}?v=older")
    assert (older.status_code, older.headers["cache-control"]) == (200, "no-store")
    gone = await visitor.client.get(f"/studio/projects/{project}/stills/shot_none?v=1")
    assert gone.status_code == 404


async def test_a_strip_of_few_shots_shows_frames_of_each_one_after_another(visitor: Visitor) -> None:
    page = await show(visitor, await visitor.make(TWO_SHOTS))
    frames = [have["href"] for have in page.list_tags("image")]
    first = [one for one in frames if one.partition("?")[0] == frames[0].partition("?")[0]]
    assert 3 <= len(first) < len(frames) <= 16
    pictures = [(await visitor.client.get(one.replace("&amp;", "&"))) for one in first]
    assert all("immutable" in one.headers["cache-control"] for one in pictures)
    assert len({one.content for one in pictures}) > 1, "what came in is not there from the first frame on"
    beyond = await visitor.client.get(first[0].partition("&")[0] + "&at=101")
    assert beyond.status_code == 422


async def test_each_format_of_a_film_is_played_and_downloaded(visitor: Visitor) -> None:
    project = await visitor.make({**FREE, "aspect": "9:16", "also.1:1": "1:1"})
    await visitor.finish(project)
    page = await show(visitor, project, "?tab=film")
    (player,) = page.list_tags("video")
    films = [have["href"] for have in page.list_tags("a") if "data-film-shape" in have]
    assert films[0] == player["src"], "the film that is played is the first of the switch"
    assert [film.rpartition("/")[2] for film in films] == ["0", "1"]
    links = [have["href"] for have in page.list_tags("a") if "download" in have]
    assert set(films) <= set(links)
    for film in films:
        assert (await visitor.client.get(f"/studio/projects/{film}")).content[4:8] == b"ftyp"
    for name in ("film.zip", "film.yaml", "cut.otio"):
        assert (await visitor.client.get(f"/studio/projects/{project}/files/{name}")).status_code == 200


async def test_fields_that_are_as_they_were_ask_for_nothing(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    page = await show(visitor, project)
    names = [have["name"] for have in page.list_tags("textarea")]
    shot = (await visitor.studio.show(project)).shots[0]
    same = {f"words.{role}": text for role, text in shot.words.items()}
    assert set(names) == set(same)
    priced = await price(visitor, project, **same)
    assert "again" not in list_states(priced) and not priced.list_tags("div", id="cost", **{"data-numbers": "1"})


async def test_a_change_is_ordered_once_however_often_its_form_is_sent(buyer: Visitor) -> None:
    project = await buyer.make(PAID)
    await buyer.finish(project)
    priced = await price(buyer, project, shot="2", prompt="a lamp on a desk, slow push")
    assert float(priced.price) > 0
    agreed = {"shot": "2", "prompt": "a lamp on a desk, slow push", "accept_unconfirmed": "1"}
    sent = await asyncio.gather(*(order(buyer, project, priced, **agreed) for _ in range(2)))
    again = await order(buyer, project, priced, **agreed)
    assert {one.answer.status_code for one in (*sent, again)} == {303}
    await buyer.finish(project)
    assert buyer.proxy and (await buyer.studio.show(project)).revision == 2
    assert len([one for one in buyer.proxy.submissions if one.startswith("A lamp on a desk, slow push")]) == 1


async def test_a_change_dearer_than_its_form_showed_starts_nothing_and_keeps_what_was_typed(buyer: Visitor) -> None:
    project = await buyer.make(PAID)
    await buyer.finish(project)
    priced = await price(buyer, project, shot="2", prompt="a lamp on a desk, slow push")
    sent = {"shot": "2", "prompt": "a lamp on a desk, slow push", "accept_unconfirmed": "1", "max_usd": "0.01"}
    refused = await order(buyer, project, priced, **sent)
    assert (refused.answer.status_code, refused.codes) == (402, ["above_given_budget"])
    assert refused.price == priced.price and "slow push" in refused.source
    assert (await buyer.studio.show(project)).revision == 1


async def test_a_plan_that_somebody_changed_meanwhile_is_not_overwritten(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    await visitor.finish(project)
    role = next(iter((await visitor.studio.show(project)).shots[0].words))
    priced = await price(visitor, project, **{f"words.{role}": "Mine"})
    await visitor.studio.enqueue_edit(project, shot=1, words={role: "Hers"}, yes=True)
    refused = await order(visitor, project, priced, **{f"words.{role}": "Mine"})
    assert (refused.answer.status_code, refused.codes) == (409, ["revision_moved_on"])
    assert "Mine" in refused.text
    assert "Hers" in (await visitor.studio.show(project)).shots[0].words.values()


async def test_the_script_is_edited_in_place_with_its_price_before_it_is_made(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    await visitor.finish(project)
    page = await show(visitor, project, "?tab=script")
    assert "It never flickers." in page.text
    script = (await visitor.studio.read_script(project)).script.replace("It never flickers.", "It never sleeps.")
    priced = await price(visitor, project, way="script", script=script)
    assert "again" in list_states(priced) and "It never sleeps." in priced.text
    changed = await order(visitor, project, priced, way="script", script=script)
    assert changed.answer.status_code == 303, changed.text
    assert "It never sleeps." in (await visitor.studio.read_script(project)).script


async def test_another_take_shows_its_price_first_and_is_bought_beside_the_first(buyer: Visitor) -> None:
    project = await buyer.make(PAID)
    await buyer.finish(project)
    filmed = next(one.n for one in (await buyer.studio.show(project)).shots if "lamp" in one.prompt)
    priced = await price(buyer, project, way="retake", shot=str(filmed))
    assert not priced.codes, priced.text
    assert float(priced.price) > 0 and list_states(priced)[filmed - 1] == "again"
    assert read_way(priced) == "retake", "the button that repeats the price says what it is the price of"
    sent = await order(buyer, project, priced, way="retake", shot=str(filmed), accept_unconfirmed="1")
    assert sent.answer.status_code == 303
    await buyer.finish(project)
    page = await show(buyer, project, f"?shot={filmed}")
    assert [one["value"] for one in page.list_tags("button", name="take")] == ["1", "2"]
    assert "$0.20" in page.text and page.list_tags("button", value="retake")
    (panel,) = page.list_tags("aside", id="panel")
    assert " 2 " in panel["data-made"], "by which an open page sees that the other take is there"
    assert all(f"shot={filmed}" in have["href"] for have in page.list_tags("a") if "tab=" in have.get("href", ""))
    circled = {"ticket": page.read_field("ticket"), "shot": str(filmed), "take": "2"}
    chosen = await buyer.send(f"/studio/projects/{project}/circle", circled)
    assert chosen.answer.headers["location"].endswith(f"?shot={filmed}")
    compared = await buyer.see(f"/studio/projects/{project}/shots/{filmed}/compare")
    (other,) = [have["value"] for have in compared.list_tags("button", name="way")]
    assert other == "circle:1" and ">same<" not in compared.source, "only what differs is listed"
    assert len(compared.list_tags("video")) == 2 and compared.price == "0.00"
    sent = await order(buyer, project, compared, shot=str(filmed), way=other)
    assert sent.answer.status_code == 303, sent.text
    assert other.startswith("circle:") and buyer.proxy and len(buyer.proxy.submissions) == 2, "to choose buys nothing"


@pytest.mark.parametrize("made_of", ["a clip", "a film without words"])
async def test_the_page_of_a_shot_without_words_is_shown_before_and_after_it_is_made(
    buyer: Visitor, made_of: str, tmp_path: Path
) -> None:
    """2026-11: the page of every clip was an error of the server."""
    bought: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
    if made_of == "a clip":
        project = (await buyer.studio.clip("A fox", model=MODEL, out=tmp_path, **bought)).project
    else:
        project = await buyer.make({**PAID, "text": "![a fox at dawn]()\n\n---\n\n![a fox in the rain]()\n"})
    for query in ("", "?shot=1", "?tab=look", "?tab=film", "?tab=history"):
        page = await show(buyer, project, query)
        assert page.answer.status_code == 200 and list_states(page), query
    await buyer.finish(project)
    page = await show(buyer, project)
    assert set(list_states(page)) == {"had"} and 'class="tile-name">' in page.source


async def test_a_shot_with_one_take_has_nothing_to_compare(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    await visitor.finish(project)
    for shot in ("1", "99", "0"):
        page = await visitor.see(f"/studio/projects/{project}/shots/{shot}/compare")
        assert (page.answer.status_code, page.codes) == (422, ["invalid_value"]), shot


async def test_a_shot_that_its_model_refused_is_named_and_the_others_stay(buyer: Visitor) -> None:
    project = await buyer.make({**PAID, "text": PAID["text"].replace("a lamp", "refuse a lamp")})
    await buyer.finish(project)
    page = await show(buyer, project)
    assert "stuck" in list_states(page)


async def test_a_shot_that_the_film_does_not_have_is_refused(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    for shot in ("0", "99", "x", "-1", "1; drop"):
        page = await price(visitor, project, shot=shot)
        assert page.codes == ["invalid_value"], shot
    assert (await price(visitor, project, way="steal")).codes == ["invalid_value"]


async def test_a_list_shows_every_project_with_its_state(visitor: Visitor) -> None:
    assert "There is no film yet" in (await visitor.see("/studio/projects")).text
    project = await visitor.make(FREE)
    page = await visitor.see("/studio/projects")
    assert page.list_tags("a", href=f"../studio/projects/{project}")


async def test_a_rehearsal_says_on_every_page_that_nothing_is_bought(settings: Settings) -> None:
    async with open_visit(settings, None) as visitor:
        visitor.deployment.is_rehearsal = True
        for path in ("/studio", "/studio/queue", "/studio/projects"):
            assert "nothing is bought" in (await visitor.see(path)).text


async def test_a_film_that_waits_for_its_checks_leads_to_its_shots_and_to_the_checks(buyer: Visitor) -> None:
    project = await buyer.make({**PAID, "text": SCRIPT.replace("a lamp", "a small lamp")})
    await buyer.finish(project)
    page = await show(buyer, project)
    assert "The film waits" in page.text and "Everything is made." not in page.text
    links = {
        have["href"].rpartition("?")[2] for have in page.list_tags("a", **{"class": "button"}) if "?" in have["href"]
    }
    assert {"shot=1", "shot=1&tab=film"} <= links or {"shot=2", "shot=1&tab=film"} <= links, links
    checks = await buyer.see(f"/studio/projects/{project}?tab=film")
    fields = {"ticket": checks.read_field("ticket"), "finding": checks.list_tags("button", name="finding")[0]["value"]}
    assert (await buyer.send(f"/studio/projects/{project}/accept", fields)).answer.status_code == 303
