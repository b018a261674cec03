"""Edits of a film on its page: order, own material, look, history, findings; and what can be downloaded."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

from PIL import Image

from reelwright.media.typeset.faces import FONTS
from reelwright.planner.match import read_film_settings
from server.conftest import MODEL
from web.conftest import FREE, SCRIPT, TWO_SHOTS, Page, Visitor
from web.test_project import list_states, order, price, read_way, show

VOICE = "eleven_v3:EXAVITQu4vr4xnSDxMaL"


async def make_film(visitor: Visitor) -> str:
    project = await visitor.make(TWO_SHOTS)
    await visitor.finish(project)
    return project


def list_orders(page: Page) -> list[str]:
    return [have["value"] for have in page.list_tags("button", name="way") if have["value"].startswith("order:")]


async def test_a_shot_is_moved_and_left_out_and_the_others_are_kept(visitor: Visitor) -> None:
    project = await make_film(visitor)
    ids = [one.id for one in (await visitor.studio.show(project)).shots]
    page = await show(visitor, project, "?shot=1")
    assert list_orders(page) == ["order:2-1", "order:2"], "the first shot cannot stand earlier"
    priced = await price(visitor, project, way="order:2-1")
    assert priced.price == "0.00" and "Keeps all 2 shots, makes the sound and the film again." in priced.text
    moved = await order(visitor, project, priced, way="order:2-1")
    assert moved.answer.status_code == 303, moved.text
    assert [one.id for one in (await visitor.studio.show(project)).shots] == ids[::-1]
    await visitor.finish(project)
    priced = await price(visitor, project, way="order:1")
    assert (await order(visitor, project, priced, way="order:1")).answer.status_code == 303
    await visitor.finish(project)
    (left,) = (await visitor.studio.show(project)).shots
    assert left.id == ids[1] and list_states(await show(visitor, project)) == ["had"]
    page = await show(visitor, project, "?tab=history")
    assert "a shot left out" in page.text and "order" in page.text


async def test_a_change_of_a_film_that_is_only_planned_says_what_the_film_then_costs(buyer: Visitor) -> None:
    made = await buyer.studio.make(SCRIPT, models=(MODEL,), goal="plan")
    shown = (await show(buyer, made.project)).price
    fields = {"shot": "2", "prompt": "a tram in the snow"}
    changed = await price(buyer, made.project, **fields)
    assert float(shown) > 0 and changed.price == "0.00"
    assert "Buys nothing now." in changed.text and f"The film then costs at most ${shown}." in changed.text
    assert (await order(buyer, made.project, changed, **fields)).answer.status_code == 303
    assert (await show(buyer, made.project)).price == shown and buyer.proxy and not buyer.proxy.submissions
    back = await price(buyer, made.project, way="restore:1")
    assert f"The film then costs at most ${shown}." in back.text


async def test_the_figures_of_a_board_are_read_and_changed_line_by_line(visitor: Visitor, tmp_path: Path) -> None:
    script = tmp_path / "juno.md"
    script.write_text("# Juno\n\nRings twice.\n\n**40 %** lighter\n\n**12** colours\n", encoding="utf-8")
    project = (await visitor.studio.make(script=script, goal="plan")).project
    shots = (await visitor.studio.show(project)).shots
    n = next(shot.n for shot in shots if "figures" in shot.words)
    page = await show(visitor, project, f"?shot={n}")
    assert ">**40 %** lighter\n**12** colours</textarea>" in page.source
    assert "40 % lighter 12 colours" in page.source and "lighter | " not in page.source
    fields = {"shot": str(n), "words.figures": "**40 %** lighter\r\n**14** colours\r\n"}
    changed = await price(visitor, project, **fields)
    assert (await order(visitor, project, changed, **fields)).answer.status_code == 303
    assert (await visitor.studio.show(project)).shots[n - 1].words["figures"] == "**40 %** lighter | **14** colours"


async def test_an_odd_order_is_refused(visitor: Visitor) -> None:
    project = await make_film(visitor)
    for way in ("order:", "order:1-1", "order:9", "order:-", "order:x-1"):
        assert (await price(visitor, project, way=way)).codes == ["invalid_value"], way
    assert (await visitor.studio.show(project)).revision == 1


async def test_a_film_goes_back_to_an_earlier_revision_from_its_history(visitor: Visitor) -> None:
    project = await make_film(visitor)
    words = (await visitor.studio.show(project)).shots[1].words
    role, before = next(iter(words.items()))
    await visitor.studio.enqueue_edit(project, shot=2, words={role: "Never again"}, yes=True)
    await visitor.finish(project)
    page = await show(visitor, project, "?tab=history")
    assert [one["value"] for one in page.list_tags("button", name="way") if "restore" in one["value"]] == [
        "restore:1", "restore:1",
    ]  # fmt: skip
    priced = await price(visitor, project, way="restore:1")
    assert priced.price == "0.00" and read_way(priced) == "restore:1"
    assert (await order(visitor, project, priced, way="restore:1")).answer.status_code == 303
    details = await visitor.studio.show(project)
    assert details.shots[1].words[role] == before and details.revision == 3
    fresh = (await show(visitor, project)).read_field("ticket")
    stale = await order(visitor, project, priced, way="restore:2", ticket=fresh)
    assert (stale.answer.status_code, stale.codes) == (409, ["revision_moved_on"])
    assert (await price(visitor, project, way="restore:99")).codes == ["invalid_value"]


async def test_music_colour_and_emblem_of_the_film_are_changed_at_the_price_that_is_shown(visitor: Visitor) -> None:
    project = await make_film(visitor)
    page = await show(visitor, project, "?tab=look")
    assert page.list_tags("select", name="mood") and page.list_tags("input", name="look", value="slam")
    assert page.list_tags("option", value="ferry")
    fields = {"way": "look", "mood": "chill", "accent": "#3366FF", "emblem": "ferry"}
    priced = await price(visitor, project, **fields)
    assert priced.price == "0.00" and priced.list_tags("input", name="accent", value="#3366FF")
    assert (await order(visitor, project, priced, **fields)).answer.status_code == 303
    plan = (await visitor.studio.read_plan(project)).plan
    assert plan.bed and plan.bed.mood == "chill" and read_film_settings(plan).emblem == "ferry"
    assert (await show(visitor, project, "?tab=look")).list_tags("input", name="emblem", placeholder="ferry")
    assert (await price(visitor, project, way="look", emblem="a ship")).codes == ["invalid_value"]
    assert (await price(visitor, project, way="look", accent="red")).codes == ["invalid_value"]
    assert not (await price(visitor, project, way="look")).list_tags("input", name="max_usd", value="9")


async def test_the_end_card_of_a_film_is_changed_and_emptied_on_its_page(visitor: Visitor) -> None:
    project = await make_film(visitor)
    for typed, stands in (("Made by hand in Sofia", ""), ("", "Made by hand in Sofia")):
        page = await show(visitor, project, "?tab=look")
        assert page.list_tags("input", name="end_card", value=stands)
        fields = {"way": "look", "end_card": typed, "end_card.before": stands}
        priced = await price(visitor, project, **fields)
        assert priced.price == "0.00" and priced.list_tags("input", name="end_card", value=typed)
        assert (await order(visitor, project, priced, **fields)).answer.status_code == 303
        assert (await visitor.studio.read_plan(project)).plan.end_card == typed
        await visitor.finish(project)
    assert "end card" in (await show(visitor, project, "?tab=history")).text


def read_first_way(page: Page) -> str:
    """The way that is priced where something is typed; its button is one of the parts that are replaced."""
    (button,) = page.list_tags("button", id="first")
    (form,) = page.list_tags("form", **{"class": "panel-form"})
    assert "first" in form["data-swap"].split()
    return str(button["value"])


async def test_a_film_gets_a_logo_loses_it_and_takes_the_brand_of_the_home_on_its_page(
    visitor: Visitor, tmp_path: Path
) -> None:
    project = await make_film(visitor)
    page = await show(visitor, project, "?tab=look")
    assert not page.list_tags("button", value="brand") and not page.list_tags("img", **{"class": "logo"})
    Image.new("RGB", (200, 80), (20, 80, 200)).save(tmp_path / "mark.png")
    (mark,) = await visitor.studio.add_materials([tmp_path / "mark.png"], "picture")
    await visitor.studio.set_brand(accent="#00AA55", end_card="Made by hand in Sofia")
    for way in (f"logo:{mark.id}", "logo:none", "brand"):
        assert (await show(visitor, project, "?tab=look")).list_tags("button", value="brand")
        priced = await price(visitor, project, way=way)
        assert priced.price == "0.00" and read_way(priced) == way
        assert read_first_way(priced) == way, "what is typed next is priced with it"
        wrong = await price(visitor, project, way=way, accent="red")
        assert wrong.codes == ["invalid_value"] and read_first_way(wrong) == way
        assert (await order(visitor, project, priced, way=way)).answer.status_code == 303
        page = await show(visitor, project, "?tab=look")
        assert read_first_way(page) == "look"
        assert bool(page.list_tags("img", **{"class": "logo"})) == (way == f"logo:{mark.id}")
        await visitor.finish(project)
    plan = (await visitor.studio.read_plan(project)).plan
    assert plan.end_card == "Made by hand in Sofia"
    assert page.list_tags("input", name="accent", placeholder="#00AA55")
    assert (await price(visitor, project, way="logo:x")).codes == ["asset_not_found"]
    sent = {"way": "logo-file", "ticket": page.read_field("ticket")}
    content = (tmp_path / "mark.png").read_bytes()
    priced = await visitor.send(f"/studio/projects/{project}/price", sent, file=content)
    assert read_way(priced) == f"logo:{mark.id}", "as a browser without scripts sends it"


async def test_a_font_can_be_taken_out_of_a_film_whose_title_cannot_be_drawn(visitor: Visitor, tmp_path: Path) -> None:
    film = await visitor.studio.make(
        script=TWO_SHOTS["text"], font=FONTS / "playfair-400.ttf", goal="plan", short_side=180
    )
    pulled = await visitor.studio.pull(film.project, tmp_path)
    title = (await visitor.studio.read_plan(film.project)).plan.title
    text = pulled.film.read_text()
    pulled.film.write_text(text.replace(f"title: {title}", "title: བོད་ཡིག", 1))
    await visitor.studio.apply(tmp_path)
    assert (await visitor.studio.read_plan(film.project)).plan.title == "བོད་ཡིག"
    page = await show(visitor, film.project, "?tab=look")
    assert page.answer.status_code == 200 and not page.list_tags("img", **{"class": "font-sample"})
    assert page.list_tags("button", value="font:none")


async def test_a_film_gets_a_font_and_loses_it_on_its_page(visitor: Visitor) -> None:
    project = await make_film(visitor)
    page, content = await show(visitor, project, "?tab=look"), (FONTS / "playfair-400.ttf").read_bytes()
    assert not page.list_tags("img", **{"class": "font-sample"})
    sent = {"way": "font-file", "ticket": page.read_field("ticket")}
    logo = b"a logo that was chosen and not sent"
    priced = await visitor.send(f"/studio/projects/{project}/price", sent, file=logo, font=content)
    way = read_way(priced)
    assert way.startswith("font:") and priced.price == "0.00"
    assert (await order(visitor, project, priced, way=way)).answer.status_code == 303
    assert (await visitor.studio.read_plan(project)).plan.font == way.removeprefix("font:")
    assert (await show(visitor, project, "?tab=look")).list_tags("img", **{"class": "font-sample"})
    assert (await price(visitor, project, way="font:x")).codes == ["asset_not_found"]
    await visitor.finish(project)
    priced = await price(visitor, project, way="font:none")
    assert (await order(visitor, project, priced, way="font:none")).answer.status_code == 303
    assert (await visitor.studio.read_plan(project)).plan.font == ""


async def test_another_piece_of_music_is_asked_for_on_the_page_and_the_first_one_is_offered_again(
    visitor: Visitor,
) -> None:
    project = await make_film(visitor)
    page = await show(visitor, project, "?tab=look")
    assert page.list_tags("option", value="another") and not page.list_tags("select", name="music_level")
    assert "The music is the only sound" in page.text
    fields = {"way": "look", "music": "another"}
    priced = await price(visitor, project, **fields)
    assert priced.price == "0.00" and priced.list_tags("option", value="another", selected="")
    assert (await order(visitor, project, priced, **fields)).answer.status_code == 303
    plan = (await visitor.studio.read_plan(project)).plan
    assert plan.bed and plan.bed.piece_index == 1
    assert "Piece 1 again" in (await show(visitor, project, "?tab=look")).text
    for wrong in ({"music": "7x"}, {"music_level": "-60"}, {"music_level": "soft"}, {"music_level": "-6"}):
        assert (await price(visitor, project, way="look", **wrong)).codes == ["invalid_value"], wrong


async def test_no_music_stands_among_the_moods_and_the_person_stays_on_the_tab(visitor: Visitor) -> None:
    project = await make_film(visitor)
    page = await show(visitor, project, "?tab=look")
    assert (
        page.list_tags("option", value="none") and "composed here, free" in page.text and "composer/" not in page.text
    )
    fields = {"way": "look", "mood": "none", "shot": "", "at": "2"}
    priced = await price(visitor, project, **fields)
    (chosen,) = [have["data-shot"] for have in priced.list_tags("a") if have.get("aria-current") == "true"]
    assert chosen == "2", "the strip stays at the shot that the player shows"
    assert priced.price == "0.00" and "the sound and the film again" in priced.text
    ordered = await order(visitor, project, priced, **fields)
    assert ordered.answer.headers["location"].endswith(f"{project}?shot=2&tab=look")
    assert (await visitor.studio.read_plan(project)).plan.bed is None
    page = await show(visitor, project, "?tab=look")
    assert "This film has no music." in page.text and not page.list_tags("select", name="music")
    priced = await price(visitor, project, way="look", mood="chill")
    assert (await order(visitor, project, priced, way="look", mood="chill")).answer.status_code == 303
    bed = (await visitor.studio.read_plan(project)).plan.bed
    assert bed and bed.mood == "chill"


async def test_voice_and_level_of_the_music_stand_on_the_page_of_a_film_that_is_spoken(visitor: Visitor) -> None:
    script = "# Fenn\n\n> It never flickers.\n\n[Order](https://fenn.example)\n"
    made = await visitor.studio.make(script=script, voice="eleven_v3:ana", goal="plan")
    page = await show(visitor, made.project, "?tab=look")
    assert page.list_tags("input", name="voice", placeholder="eleven_v3:ana")
    assert page.list_tags("select", name="music_level")
    priced = await price(visitor, made.project, way="look", voice="brian", music_level="-6")
    assert priced.price == "0.00" and priced.list_tags("input", name="voice", value="brian"), "it ends at its plan"
    assert (await price(visitor, made.project, way="look", voice="no-such:brian")).codes == ["invalid_value"]
    assert (await price(visitor, made.project, way="look", music_level="-60")).codes == ["invalid_value"]
    assert page.list_tags("select", name="caption_shift") and not page.list_tags("select", name="captions")
    fields = {"way": "look", "voice": "brian", "music_level": "-6", "caption_shift": "0.5", "accept_unconfirmed": "1"}
    assert (await order(visitor, made.project, priced, **fields)).answer.status_code == 303
    page = await show(visitor, made.project, "?tab=look")
    assert "As it is: −6 dB" in page.text and page.list_tags("input", name="voice", placeholder="eleven_v3:brian")
    assert "As it is: +0.5 s" in page.text
    assert "music, voice, time of the captions" in (await show(visitor, made.project, "?tab=history")).text


async def test_a_caption_that_was_taken_out_can_be_written_again(visitor: Visitor) -> None:
    script = "# Fenn\n\n> It never flickers.\n\n[Order](https://fenn.example)\n"
    project = (await visitor.studio.make(script=script, voice="eleven_v3:ana", goal="plan")).project
    for text, before in (("", "It never flickers."), ("Never dark.", "")):
        page = await show(visitor, project, "?shot=1")
        assert page.list_tags("input", name="caption", value=before)
        fields = {"way": "edit", "shot": "1", "caption": text, "caption.before": before, "accept_unconfirmed": "1"}
        priced = await price(visitor, project, **fields)
        assert (await order(visitor, project, priced, **fields)).answer.status_code == 303
    assert (await show(visitor, project, "?shot=1")).list_tags("input", name="caption", value="Never dark.")


async def test_a_film_is_downloaded_with_its_plan_and_its_cut(visitor: Visitor) -> None:
    project = await make_film(visitor)
    page = await show(visitor, project, "?tab=film")
    assert "No fault was found" in page.text and "How it was made" in page.text
    assert "drawn by a program" in page.text, "the mark of the file is said in words"
    linked = {one["href"].rpartition("/")[2] for one in page.list_tags("a") if "download" in one}
    assert {"film.zip", "film.yaml", "cut.otio"} <= linked
    files = f"/studio/projects/{project}/files"
    archive = zipfile.ZipFile(io.BytesIO((await visitor.client.get(f"{files}/film.zip")).content))
    assert {"film.mp4", "film.yaml"} <= set(archive.namelist())
    timeline = json.loads((await visitor.client.get(f"{files}/cut.otio")).text)
    (track,) = timeline["tracks"]["children"]
    assert len(track["children"]) == 2 and timeline["OTIO_SCHEMA"] == "Timeline.1"
    for name in ("sheet.jpg", "poster.jpg", "preview.webp"):
        assert name in linked
        picture = Image.open(io.BytesIO((await visitor.client.get(f"{files}/{name}")).content))
        assert (picture.format == "WEBP") is name.endswith("webp")
    for name in ("film.srt", "nothing", "..%2f..%2fsecret"):
        assert (await visitor.client.get(f"{files}/{name}")).status_code == 404, name


async def test_the_captions_of_a_film_that_was_made_on_the_pages_are_offered(speaker: Visitor) -> None:
    script = f"---\nvoice: {VOICE}\n---\n# Fenn\n\nIt never flickers.\n> Never dark again.\n"
    agreed = {"accept_unconfirmed": "1", "model": "animatic"}
    project = await speaker.make({"text": script, **agreed})
    page = await show(speaker, project, "?tab=film")
    assert not page.list_tags("a", href=f"../../studio/projects/{project}/files/film.srt"), "it is not made yet"
    await speaker.finish(project)
    page = await show(speaker, project, "?tab=film")
    for name in ("film.srt", "film.vtt"):
        (link, *_) = page.list_tags("a", href=f"../../studio/projects/{project}/files/{name}")
        assert "Never dark again." in (await speaker.client.get(f"/studio/projects/{link['href']}")).text
    assert "320×180" in page.text and "30 fps" in page.text


async def test_before_there_is_a_film_nothing_of_it_is_offered(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    page = await show(visitor, project, "?tab=film")
    linked = {one["href"].rpartition("/")[2] for one in page.list_tags("a") if "download" in one}
    assert "cut.otio" not in linked and "film.zip" in linked and "checked when it is made" in page.text


async def test_the_lanes_under_the_strip_have_the_music_and_the_captions_of_the_shots(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    plan = (await visitor.studio.read_plan(project)).plan
    page = await show(visitor, project)
    blocks = [have for tag in ("a", "span") for have in page.list_tags(tag) if "lane" in have.get("class", "").split()]
    shots = len(plan.shots)
    assert len(blocks) == (shots if plan.list_lines() else 0) + (1 if plan.bed else 0)
    assert plan.bed and f"{plan.bed.mood.capitalize()}, " in page.text
