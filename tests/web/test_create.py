"""The page on which a film begins: draft and price while one types, an order at the price shown, bought once."""

from __future__ import annotations

import asyncio
import html
import io
from pathlib import Path

import pytest
from PIL import Image

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.settings import Settings
from reelwright.studio.sync_studio import Studio
from reelwright.web.create.own_files import name_file
from reelwright.web.create.starters import STARTERS, Starter
from server.conftest import MODEL
from web.conftest import BRIEF, FREE, HOST, PAID, SCRIPT, Page, Visitor


async def test_the_address_of_the_server_leads_a_browser_to_the_studio_and_tells_a_program_what_is_there(
    visitor: Visitor,
) -> None:
    led = await visitor.see("/")
    assert (led.answer.status_code, led.answer.headers["location"]) == (303, "studio")
    told = (await visitor.client.get("/", headers={"Accept": "application/json"})).json()
    assert (told["name"], told["pages"], told["api"]) == ("Reelwright", "studio", "api/v1")


async def test_without_a_film_and_without_a_key_the_first_screen_offers_an_example_a_script_and_a_brief(
    visitor: Visitor,
) -> None:
    page = await visitor.see("/studio")
    starts = [link["href"] for link in page.list_tags("a") if "start=" in link.get("href", "")]
    assert len(starts) == 3 and page.list_tags("button", formaction="./studio/example")
    script = await visitor.see("/studio?start=lamp")
    assert "It never flickers" in script.text and script.price == "0.00"


@pytest.mark.parametrize("starter", STARTERS, ids=lambda one: one.name)
def test_the_cover_of_an_example_is_drawn_in_the_look_that_its_film_has(starter: Starter, settings: Settings) -> None:
    with Studio(settings) as studio:
        planned = studio.plan(script=starter.text) if starter.text.startswith("#") else studio.plan(starter.text)
    assert planned.plan.look == starter.look


async def test_a_draft_shows_the_words_of_the_film_and_its_price_and_makes_nothing(visitor: Visitor) -> None:
    page = await visitor.draft(FREE)
    assert page.answer.status_code == 200 and page.price == "0.00"
    assert "It never flickers." in page.text and "Fenn" in page.text
    assert page.list_tags("img"), "every screen is drawn"
    assert await visitor.list_projects() == []


async def test_the_price_with_a_key_leads_to_the_field_of_that_key(visitor: Visitor) -> None:
    page = await visitor.draft(FREE)
    offers = [have["href"] for have in page.list_tags("a") if have.get("class") == "offer"]
    assert len(offers) == 3
    settings = await visitor.see("/studio/settings")
    fields = {have.get("id") for have in settings.list_tags("li")}
    assert {offer.partition("#")[2] for offer in offers} <= fields


async def test_what_was_read_as_a_direction_is_named_and_is_no_screen(visitor: Visitor) -> None:
    page = await visitor.draft({"text": f"{BRIEF}. Make it loud and fast.", "length": "2"})
    assert "Direction, not shown" in page.text


async def test_a_text_that_begins_as_a_script_is_read_as_one(visitor: Visitor) -> None:
    page = await visitor.draft({"text": "# Fenn\r\n\r\nIt never flickers.\r\n"})
    assert "read as a script" in page.text and page.price == "0.00"


async def test_a_brief_with_nothing_to_show_is_answered_with_the_reason(visitor: Visitor) -> None:
    page = await visitor.draft({"text": "…"})
    assert page.answer.status_code == 200 and page.codes and not page.list_tags("button", value="film")


async def test_a_script_reads_no_picture_of_this_machine(visitor: Visitor, settings: Settings) -> None:
    secret = settings.home.parent / "secret.png"
    Image.new("RGB", (800, 800), (10, 200, 30)).save(secret)
    for name in (str(secret), "../../secret.png", "script.md"):
        page = await visitor.draft({"text": f"# Fenn\n\n![]({name})\n"})
        assert page.codes == ["invalid_value"], name


async def test_make_leads_to_the_project_and_the_same_form_again_is_the_same_film(visitor: Visitor) -> None:
    page = await visitor.draft(FREE)
    order = {**FREE, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "film"}
    twice = await asyncio.gather(*(visitor.send("/studio/films", order) for _ in range(2)))
    again = await visitor.send("/studio/films", order)
    places = {one.answer.headers["location"] for one in (*twice, again)}
    (project,) = await visitor.list_projects()
    assert places == {f"../studio/projects/{project}"}
    assert len(await visitor.studio.list_jobs()) == 1


async def test_a_film_that_exists_is_named_before_another_one_is_made(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    before = await visitor.studio.enqueue_make(BRIEF, length="2", models=("animatic",), yes=True)
    page = await visitor.draft(FREE)
    links = [one["href"] for one in page.list_tags("a") if before.project in one.get("href", "")]
    assert links and project != before.project


async def test_a_price_that_is_higher_than_the_form_showed_starts_nothing_and_shows_the_form_again(
    buyer: Visitor,
) -> None:
    page = await buyer.draft(PAID)
    assert float(page.price) > 0
    for shown in ("0.01", ""):
        order = {**PAID, "ticket": page.read_field("ticket"), "max_usd": shown}
        refused = await buyer.send("/studio/films", order)
        assert (refused.answer.status_code, refused.codes) == (402, ["above_given_budget"])
        assert refused.price == page.price and refused.read_field("ticket") != page.read_field("ticket")
        assert SCRIPT in refused.text, "nothing that was typed is lost"
    assert await buyer.list_projects() == [] and buyer.proxy and not buyer.proxy.submissions


async def test_a_paid_film_is_bought_once_however_often_its_form_is_sent(buyer: Visitor) -> None:
    page = await buyer.draft(PAID)
    order = {**PAID, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "film"}
    first = await buyer.send("/studio/films", order)
    project = first.answer.headers["location"].rpartition("/")[2]
    await buyer.finish(project)
    assert buyer.proxy
    bought = list(buyer.proxy.submissions)
    again = await buyer.send("/studio/films", order)
    assert again.answer.headers["location"] == first.answer.headers["location"]
    await buyer.finish(project)
    assert bought and buyer.proxy.submissions == bought


async def test_a_form_that_was_changed_after_it_was_sent_is_no_silent_second_order(buyer: Visitor) -> None:
    page = await buyer.draft(PAID)
    order = {**PAID, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "film"}
    assert (await buyer.send("/studio/films", order)).answer.status_code == 303
    other = await buyer.send("/studio/films", {**order, "text": SCRIPT.replace("night", "noon")})
    assert other.answer.status_code == 422 and len(await buyer.list_projects()) == 1


async def test_a_plan_is_made_first_for_nothing_and_its_project_says_what_the_film_costs(buyer: Visitor) -> None:
    page = await buyer.draft(PAID)
    order = {**PAID, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "plan"}
    made = await buyer.send("/studio/films", order)
    project = made.answer.headers["location"].rpartition("/")[2]
    await buyer.studio.resume(project, goal="plan")
    shown = await buyer.see(f"/studio/projects/{project}")
    assert shown.price == page.price and buyer.proxy and not buyer.proxy.submissions


async def test_a_budget_is_kept_to_or_the_form_has_no_button(buyer: Visitor) -> None:
    for budget in ("0.01", "$0.05", "5"):
        page = await buyer.draft({**PAID, "budget": budget})
        is_off = "disabled" in page.list_tags("button", value="film")[0]
        assert is_off == (float(page.price) > float(budget.removeprefix("$"))), budget
    page = await buyer.draft({**PAID, "budget": "many"})
    assert page.codes == ["invalid_value"]


async def test_a_model_is_chosen_and_one_without_its_key_cannot_be(visitor: Visitor) -> None:
    page = await visitor.see("/studio")
    (option,) = page.list_tags("option", value=MODEL)
    assert "disabled" in option


async def test_the_form_shows_what_the_chosen_model_takes_and_what_it_does_not(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "lamp.png"
    path.write_bytes(draw_picture())
    (kept,) = await visitor.studio.add_materials([path], "picture")
    rows = await visitor.studio.list_models(kind="video")
    for has_guides in (True, False):
        row = next(one for one in rows if bool(one.references) is has_guides and one.durations_s)
        page = await visitor.draft({**FREE, "model": row.id, f"own.{kept.id}": "picture:lamp.png"})
        shown = page.source.partition('id="model-facts"')[2].partition("</ul>")[0]
        assert all(aspect in shown for aspect in row.aspects)
        assert all(rule in html.unescape(shown) for rule in row.rules)
        off = [part.partition("</li>")[0] for part in shown.split("chip-off")[1:]]
        assert any("References" in one for one in off) == (row.references == 0)
        assert any("First, last" in one for one in off) == ("first_last_frame" not in row.modes)
        assert ("Product, not shown by this model" in page.source) == (row.references == 0)


@pytest.mark.parametrize("field", ["aspect", "flavor", "length"])
async def test_an_option_that_there_is_not_is_refused_by_its_name(visitor: Visitor, field: str) -> None:
    page = await visitor.draft({**FREE, field: "sideways"})
    assert page.codes == ["invalid_value"] and field in page.text.lower()


async def test_the_example_film_is_ordered_for_nothing(visitor: Visitor) -> None:
    ticket = (await visitor.see("/studio")).read_field("ticket")
    made = await visitor.send("/studio/example", {"ticket": ticket, "max_usd": "0.00"})
    (project,) = await visitor.list_projects()
    assert made.answer.headers["location"] == f"../studio/projects/{project}"


async def test_all_addresses_of_a_page_are_relative_so_that_it_works_behind_a_prefix(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    await visitor.finish(project)
    for path in ("/studio", "/studio/queue", "/studio/projects", f"/studio/projects/{project}", "/studio/nothing"):
        page = await visitor.see(path)
        links = [
            have[name] for _, have in page.tags for name in ("href", "src", "action", "formaction") if name in have
        ]
        assert links
        assert not [one for one in links if one.startswith(("/", "http")) or HOST in one], path


def draw_picture(words: str = "x") -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (1280, 720), (len(words), 80, 40)).save(picture, "PNG")
    return picture.getvalue()


async def test_a_picture_guides_the_film_opens_it_or_is_a_shot_of_it(visitor: Visitor, tmp_path: Path) -> None:
    path = tmp_path / "lamp.png"
    path.write_bytes(draw_picture())
    (kept,) = await visitor.studio.add_materials([path], "picture")
    own = {f"own.{kept.id}": "picture:lamp.png"}
    card = await visitor.draft({**FREE, **own, f"role.{kept.id}": "style"})
    assert "lamp.png" in card.text and card.list_tags("input", name=f"own.{kept.id}", value="picture:lamp.png")
    assert [have["value"] for have in card.list_tags("option") if "selected" in have and have["value"] == "style"]
    assert (await visitor.see(f"/studio/pictures/{kept.id}")).answer.status_code == 200
    plain, shown = await visitor.draft(FREE), await visitor.draft({**FREE, **own, f"role.{kept.id}": "shot"})
    assert plain.price == shown.price == "0.00"
    longer = {**FREE, "length": "10", **own, f"role.{kept.id}": "shot"}
    screens = (await visitor.draft(longer)).source.partition('id="screens"')[2].partition("</section>")[0]
    assert f"pictures/{kept.id}" in screens, "its tile shows it"
    photograph = tmp_path / "lamp.jpg"
    Image.new("RGB", (1600, 1200), (190, 140, 90)).save(photograph)
    (photo,) = await visitor.studio.add_materials([photograph], "picture")
    page = await visitor.draft({**FREE, "length": "10", f"own.{photo.id}": "picture:lamp.jpg"})
    assert f"pictures/{photo.id}" in page.source.partition('id="screens"')[2].partition("</section>")[0]
    project = await visitor.make(longer)
    plan = (await visitor.studio.read_plan(project)).plan
    assert kept.id in str(plan.beats)


async def test_a_picture_without_a_role_is_seen_in_the_film_and_one_named_so_is_its_logo(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "lamp.png"
    path.write_bytes(draw_picture())
    (kept,) = await visitor.studio.add_materials([path], "picture")
    for name, role in (("lamp.png", "shot"), ("Fenn-Logo.png", "logo")):
        page = await visitor.draft({**FREE, f"own.{kept.id}": f"picture:{name}"})
        assert not page.codes and role in [have["value"] for have in page.list_tags("option") if "selected" in have]


async def test_an_error_about_a_picture_calls_it_by_the_name_that_the_person_gave_it(
    visitor: Visitor, tmp_path: Path
) -> None:
    path = tmp_path / "lamp.png"
    Image.new("RGB", (500, 200), (9, 80, 40)).save(path)
    (kept,) = await visitor.studio.add_materials([path], "picture")
    page = await visitor.draft({**FREE, f"own.{kept.id}": "picture:lamp.png", f"role.{kept.id}": "style"})
    (note,) = page.list_tags("div", **{"data-code": "invalid_value"})
    assert "lamp.png, 500" in page.text and kept.id not in page.text and note["data-field"] == "references"


def test_an_error_that_is_named_so_keeps_its_advice_and_actions() -> None:
    error = BadInput("references", "d1g3st, 500x200", "larger", hint="Crop it", actions=[Action("list_models")])
    advice = error.advice
    named = name_file(error, {"own.d1g3st": "picture:lamp.png"})
    assert "lamp.png, 500x200" in named.message and "d1g3st" not in named.message
    assert named.advice == advice and "Crop it" in advice and [one.kind for one in named.actions] == ["list_models"]


async def test_a_language_may_be_named_in_words(visitor: Visitor) -> None:
    for named in ("German", "deutsch", "de"):
        page = await visitor.draft({**FREE, "language": named})
        assert not page.codes and "German" in page.source.partition('id="understood"')[2].partition("</ul>")[0], named
    assert (await visitor.draft({**FREE, "language": "Klingonese"})).codes == ["invalid_value"]


async def test_a_brief_that_says_nothing_is_asked_for_what_it_lacks_and_for_nothing_else(visitor: Visitor) -> None:
    page = await visitor.draft({"text": "hi"})
    assert page.codes == ["nothing_to_show"] and "ist the models" not in page.text and "ay its" not in page.text


async def test_the_prices_of_ai_video_lead_to_the_keys_that_they_need(visitor: Visitor) -> None:
    page = await visitor.draft(FREE)
    assert page.list_tags("a", href="../studio/settings#keys")


async def test_a_file_of_another_account_or_none_at_all_is_no_file(visitor: Visitor) -> None:
    for name in ("0" * 64, "x", "../etc"):
        page = await visitor.draft({**FREE, f"own.{name}": "picture:x.png"})
        assert page.codes and not page.list_tags("input", name="max_usd", value="9"), name
    many = {f"own.{n:064}": "picture:x.png" for n in range(21)}
    assert (await visitor.draft({**FREE, **many})).codes == ["invalid_value"]


async def test_a_file_without_scripts_comes_with_the_form_and_the_price_is_shown_before_it_is_ordered(
    visitor: Visitor,
) -> None:
    ticket = (await visitor.see("/studio")).read_field("ticket")
    for path in ("/studio/draft", "/studio/films"):
        answer = await visitor.client.post(
            path, data={**FREE, "ticket": ticket, "max_usd": "0.00", "goal": "film"}, files={"file": draw_picture()},
            headers={"Origin": HOST, "Sec-Fetch-Site": "same-origin"},
        )  # fmt: skip
        assert answer.status_code == 200 and "/studio/pictures/" in answer.text
    assert await visitor.list_projects() == []
    wrong = await visitor.client.post(
        "/studio/draft", data={**FREE, "ticket": ticket}, files={"file": b"no picture"},
        headers={"Origin": HOST, "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert Page(wrong).codes


async def test_a_brief_becomes_a_script_in_the_field_and_costs_nothing(visitor: Visitor) -> None:
    ticket = (await visitor.see("/studio")).read_field("ticket")
    page = await visitor.send("/studio/script", {**FREE, "length": "", "ticket": ticket})
    assert page.answer.status_code == 200 and "# Fenn" in page.text and "read as a script" in page.text
    assert await visitor.list_projects() == []


async def test_takes_are_an_option_of_the_order_within_what_the_model_sells(buyer: Visitor) -> None:
    one = await buyer.draft({**PAID, "takes": "1", "continuity": "loose", "music": "none"})
    assert one.price == (await buyer.draft(PAID)).price
    assert (await buyer.draft({**PAID, "takes": "4"})).codes == ["invalid_value"], "it sells one at a time"


async def test_further_aspects_stay_ticked_in_the_draft_and_one_is_no_price_more(visitor: Visitor) -> None:
    page = await visitor.draft({**FREE, "aspect": "9:16", "also.1:1": "1:1"})
    assert page.price == "0.00" and not page.codes
    assert [have["value"] for have in page.list_tags("input", type="checkbox") if "checked" in have] == ["1:1"]


async def test_what_a_film_is_made_for_is_ticked_and_stays_so(visitor: Visitor) -> None:
    page = await visitor.draft({**FREE, "for.tiktok": "tiktok", "for.youtube": "youtube"})
    assert page.price == "0.00" and not page.codes
    ticked = [have["name"] for have in page.list_tags("input", type="checkbox") if "checked" in have]
    assert ticked == ["for.youtube", "for.tiktok"]
    refused = await visitor.draft({**FREE, "aspect": "16:9", "for.tiktok": "tiktok"})
    assert refused.codes == ["invalid_value"] and "tiktok" in refused.text
    project = await visitor.make({**FREE, "for.tiktok": "tiktok", "also.1:1": "1:1"})
    plan = (await visitor.studio.read_plan(project)).plan
    assert [one.name for one in plan.presets] == ["tiktok"] and [one.name for one in plan.formats] == ["1x1"]


async def test_a_further_aspect_comes_beside_the_one_that_the_film_has_by_itself(visitor: Visitor) -> None:
    project = await visitor.make({**FREE, "also.1:1": "1:1"})
    plan = (await visitor.studio.read_plan(project)).plan
    alone = (await visitor.studio.plan(FREE["text"])).plan
    assert plan.size[0] * alone.size[1] == alone.size[0] * plan.size[1], "its own aspect stays the first"
    assert [one.name for one in plan.formats] == ["1x1"]


async def test_a_picture_that_a_typed_script_names_is_asked_for_without_a_path_of_the_server(visitor: Visitor) -> None:
    page = await visitor.draft({"text": "# Fenn\n\n![](nothing.png)\n"})
    assert page.codes == ["invalid_value"] and "'nothing.png'" in page.text
    assert "your own pictures are dropped on this page" in page.text and "/tmp" not in page.source
