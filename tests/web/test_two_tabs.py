"""Two tabs on one project: what the other tab changed is a choice beside what is typed, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.settings import Settings
from server.browser import Tab, open_browser
from server.conftest import APPROVING, open_server
from web.conftest import TWO_SHOTS, Page, Visitor
from web.test_browser import needs_browser, type_into

WORDS = "document.querySelector(\"textarea[name^='words.']\")"
LENGTH = "document.querySelector('[name=length]')"
CONFLICT = "document.querySelector('.conflict')"
PRICED = "document.getElementById('cost').hasAttribute('data-numbers')"


async def make(tab: Tab, revision: int) -> None:
    """Wait for the price of what is typed, and make it."""
    await tab.wait_for(PRICED)
    await tab.run("document.querySelector('[data-main]').click()")
    await tab.wait_for(f"document.body.textContent.includes('Revision {revision}')")


@needs_browser
@pytest.mark.timeout(240)
async def test_what_another_tab_changed_is_a_choice_beside_what_is_typed(settings: Settings, tmp_path: Path) -> None:
    options = replace(APPROVING, has_director=False)
    async with (
        open_server(settings, None, options) as server,
        open_browser(tmp_path / "profile") as mine,
        mine.open_another() as other,
    ):
        studio = server.deployment.get_studio()
        made = await studio.make(script=TWO_SHOTS["text"], models=("animatic",), goal="plan")
        page = f"{server.url}/studio/projects/{made.project}"
        for tab in (mine, other):
            await tab.call("Page.enable")
            await tab.open(f"{page}?shot=1")
        role = next(iter((await studio.show(made.project)).shots[0].words))

        await type_into(mine, f"[name='words.{role}']", "Mine")
        await mine.wait_for(PRICED)
        await type_into(other, f"[name='words.{role}']", "Hers")
        await type_into(other, "[name=length]", "3.5")
        await make(other, 2)
        await mine.wait_for(f"{CONFLICT} !== null")
        shown = str(await mine.run(f"{CONFLICT}.textContent"))
        assert "Hers" in shown and "Mine" in shown and not await mine.run(PRICED), "it cannot be made unseen"
        assert await mine.run(f"{WORDS}.value") == "Mine"
        await mine.run(f"{CONFLICT}.querySelector('button').click()")
        await mine.wait_for(PRICED)
        assert await mine.run(f"[{WORDS}.value, {LENGTH}.value]") == ["Mine", "3.5"]
        await make(mine, 3)
        shot = (await studio.show(made.project)).shots[0]
        assert (shot.words[role], shot.duration_s) == ("Mine", 3.5), "what the other changed beside it stays"

        await other.wait_for(f"{WORDS}.value === 'Mine'")
        await type_into(other, f"[name='words.{role}']", "Hers again")
        await other.wait_for(PRICED)
        await type_into(mine, f"[name='words.{role}']", "Mine again")
        await make(mine, 4)
        await other.wait_for(f"{CONFLICT} !== null")
        await other.run(f"{CONFLICT}.querySelector('a').click()")
        await other.wait_for(f"!{CONFLICT} && {WORDS}.value === 'Mine again'")


@needs_browser
@pytest.mark.timeout(120)
async def test_a_field_that_has_the_focus_and_was_not_typed_in_takes_the_words_of_the_other_tab(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        made = await studio.make(script=TWO_SHOTS["text"], models=("animatic",), goal="plan")
        await tab.open(f"{server.url}/studio/projects/{made.project}?shot=1")
        await tab.run(f"{WORDS}.focus()")
        role = next(iter((await studio.show(made.project)).shots[0].words))
        await studio.enqueue_edit(made.project, shot=1, words={role: "Hers"}, yes=True)
        await tab.wait_for("document.querySelector('[name=revision]').value === '2'")
        assert await tab.run(f"[{WORDS}.value, document.activeElement === {WORDS}]") == ["Hers", True]


@needs_browser
@pytest.mark.timeout(120)
async def test_words_for_a_shot_that_was_taken_out_stay_in_sight_and_a_reload_gives_them_to_no_other_shot(
    settings: Settings, tmp_path: Path
) -> None:
    options = replace(APPROVING, has_director=False)
    async with open_server(settings, None, options) as server, open_browser(tmp_path / "profile") as tab:
        studio = server.deployment.get_studio()
        made = await studio.make(script=TWO_SHOTS["text"], models=("animatic",), goal="plan")
        first, second = (await studio.show(made.project)).shots
        await tab.call("Page.enable")
        await tab.open(f"{server.url}/studio/projects/{made.project}?shot=2")
        await type_into(tab, "[name^='words.']", "Mine")
        await tab.wait_for(PRICED)
        await studio.enqueue_edit(made.project, order=(first.id,), yes=True)
        await tab.wait_for(f"{CONFLICT}?.textContent.includes('Mine')")
        assert await tab.run(f"{WORDS}.value") == "Mine"
        for _ in range(2):
            await tab.run("window.isOld = true")
            await tab.call("Page.reload")
            await tab.wait_for(f"!window.isOld && {CONFLICT}?.textContent.includes('taken out')")
            assert not await tab.run(PRICED) and "Mine" in str(await tab.run(f"{CONFLICT}.textContent"))
        assert await tab.run("document.querySelector('[name=shot_id]').value") == second.id


async def start(visitor: Visitor) -> tuple[str, Page]:
    """A film of which a page is shown, and then its second shot is left out and its first one changed elsewhere."""
    project = await visitor.make(TWO_SHOTS)
    page = await visitor.see(f"/studio/projects/{project}?shot=2")
    first, second = (await visitor.studio.show(project)).shots
    await visitor.studio.enqueue_edit(project, order=(second.id, first.id), yes=True)
    return project, page


def list_sent(page: Page, **more: str) -> dict[str, str]:
    names = ("ticket", "revision", "shot", "shot_id")
    return {"way": "edit", **{name: page.read_field(name) for name in names}, **more}


async def test_words_go_to_the_shot_that_was_shown_wherever_it_stands_by_now(visitor: Visitor) -> None:
    project, page = await start(visitor)
    role, text = next(iter((await visitor.studio.show(project)).shots[0].words.items()))
    typed = list_sent(page, **{f"words.{role}": "Mine", f"words.{role}.before": text})
    shown = await visitor.send(f"/studio/projects/{project}/price", typed)
    assert shown.codes == ["revision_moved_on"] and not shown.list_tags("div", id="cost", **{"data-numbers": "1"})
    kept = await visitor.send(f"/studio/projects/{project}/price?onto=2", typed)
    assert kept.read_field("revision") == "2"
    ordered = list_sent(kept, max_usd=kept.price, **{f"words.{role}": "Mine", f"words.{role}.before": text})
    assert (await visitor.send(f"/studio/projects/{project}/change", ordered)).answer.status_code == 303
    first, second = (await visitor.studio.show(project)).shots
    assert "Mine" in first.words.values() and "Mine" not in second.words.values()


async def test_an_order_of_shots_that_were_moved_meanwhile_is_not_put_on_top(visitor: Visitor) -> None:
    project, page = await start(visitor)
    shown = await visitor.send(f"/studio/projects/{project}/price", {**list_sent(page), "way": "order:2-1"})
    assert shown.codes == ["revision_moved_on"] and "onto=" not in shown.source


async def test_a_script_that_was_changed_meanwhile_shows_the_lines_of_both(visitor: Visitor) -> None:
    project = await visitor.make(TWO_SHOTS)
    page = await visitor.see(f"/studio/projects/{project}?tab=script")
    script = (await visitor.studio.read_script(project)).script
    shot = (await visitor.studio.show(project)).shots[1]
    await visitor.studio.enqueue_edit(project, shot=2, words={next(iter(shot.words)): "Hers."}, yes=True)
    sent = {"ticket": page.read_field("ticket"), "revision": page.read_field("revision"), "way": "script"}
    shown = await visitor.send(f"/studio/projects/{project}/price", {**sent, "script": script.replace("Fenn", "Mine")})
    assert shown.codes == ["revision_moved_on"] and "-Hers." in shown.text and "+# Mine" in shown.text


async def test_words_for_a_shot_that_was_taken_out_meanwhile_are_shown_and_go_to_no_other_shot(
    visitor: Visitor,
) -> None:
    project = await visitor.make(TWO_SHOTS)
    first, second = (await visitor.studio.show(project)).shots
    page = await visitor.see(f"/studio/projects/{project}?shot=2")
    await visitor.studio.enqueue_edit(project, order=(first.id,), yes=True)
    role = next(iter(first.words))
    typed = list_sent(page, **{f"words.{role}": "Mine", f"words.{role}.before": second.words.get(role, "")})
    for path, way in (("price", "edit"), ("price", "resume"), ("change", "edit")):
        shown = await visitor.send(f"/studio/projects/{project}/{path}", {**typed, "way": way, "max_usd": "0.00"})
        assert shown.answer.status_code == (200 if path == "price" else 409)
        assert shown.codes == ["revision_moved_on"] and "onto=" not in shown.source
        assert "This shot was taken out" in shown.text and "Mine" in shown.text
        fields = [shown.read_field(name) for name in ("revision", "shot_id", f"words.{role}.before")]
        assert fields == ["2", first.id, first.words[role]]
        assert ">Mine</textarea>" not in shown.source
    assert "Mine" not in (await visitor.studio.show(project)).shots[0].words.values()
