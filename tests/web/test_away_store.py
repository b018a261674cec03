"""A database that is away and a disk without room, as a page meets them: it says so, keeps the words, and goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from crash.makes import Makes, makes_in
from crash.test_hard_places import Place
from postgres import Cluster, administer, named, programs
from reelwright.settings import Settings
from server.browser import Tab, open_browser
from server.conftest import open_server
from server.test_full_disk import count_used_kib
from web.conftest import small_films
from web.test_browser import LISTEN, check_page, needs_browser, type_into
from web.test_by_mouse import click

__all__ = ["small_films"]
BRIEF = "“It never flickers.” For “Fenn”, a desk lamp"
TEXT = "document.getElementById('text')?.value"
PRICED = "document.querySelector('#quote [data-main]:not([disabled])') !== null"
AWAY = "!document.getElementById('offline').hidden"
STYLED = "getComputedStyle(document.body).fontFamily.includes('Inter')"


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A Postgres server of the test's own, which may be taken away."""
    found = programs()
    if found is None:
        pytest.skip("no Postgres server is installed")
    made = Cluster(found)
    yield made
    made.stop()


async def begin(tab: Tab, language: str) -> None:
    await tab.call("Page.enable")
    await tab.call("Network.enable")
    await tab.call("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
    await tab.call("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)


@needs_browser
@pytest.mark.postgres
@pytest.mark.timeout(300)
async def test_pages_wait_for_a_stopped_database_with_what_was_typed_and_go_on(
    own_cluster: Cluster, settings: Settings, tmp_path: Path
) -> None:
    administer(own_cluster.url, "CREATE DATABASE served")
    settings = Settings(home=settings.home, hands=1, database=named(own_cluster.url, "served"))
    async with (
        open_server(settings, None) as server,
        open_browser(tmp_path / "profile") as tab,
        tab.open_another() as other,
    ):
        await begin(tab, "en")
        await begin(other, "de")
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", BRIEF)
        await tab.wait_for(PRICED, 60)
        await tab.run("window.isSame = true")
        own_cluster.halt()

        await type_into(tab, "#text", BRIEF.replace("Fenn", "Lumen"))
        await tab.wait_for(AWAY)
        assert "The database does not answer." in str(await tab.run("document.getElementById('offline').textContent"))
        await tab.run("document.querySelector('[data-main]').click()")
        await other.open(f"{server.url}/studio/queue")
        await other.wait_for("document.querySelector('[data-again]') !== null")
        said = str(await other.run("document.getElementById('room').textContent"))
        assert "Datenbank antwortet nicht" in said and "macht von selbst weiter" in said, said
        assert await other.run("document.documentElement.lang") == "de" and await other.run(STYLED), "no bare page"
        await check_page(other, server.url)
        assert await tab.run("window.isSame"), "what was sent waits, and the page with it"
        own_cluster.go_on()

        await tab.wait_for(f"!({AWAY}) && {PRICED}", 30)
        await other.wait_for("document.querySelector('.queue') !== null", 30)
        assert "Lumen" in str(await tab.run(TEXT)) and await tab.run("window.isSame")
        await check_page(tab, server.url)
        await click(tab, "[data-main]")
        await tab.wait_for("document.querySelector('.tile') !== null", 60)
        await check_page(tab, server.url)


@needs_browser
@pytest.mark.postgres
@pytest.mark.timeout(300)
async def test_an_order_that_meets_a_stopped_database_is_sent_again_after_one_step_back(
    own_cluster: Cluster, settings: Settings, tmp_path: Path
) -> None:
    administer(own_cluster.url, "CREATE DATABASE served")
    settings = Settings(home=settings.home, hands=1, database=named(own_cluster.url, "served"))
    async with open_server(settings, None) as server, open_browser(tmp_path / "profile") as tab:
        await begin(tab, "en")
        await tab.open(f"{server.url}/studio")
        await type_into(tab, "#text", BRIEF)
        await tab.wait_for(PRICED, 60)
        own_cluster.halt()
        await click(tab, "[data-main]")
        await tab.wait_for("document.querySelector('[data-back]') !== null")
        said = str(await tab.run("document.querySelector('.page').textContent"))
        assert "The database does not answer." in said and "psycopg" not in said, said
        await check_page(tab, server.url)
        own_cluster.go_on()
        await click(tab, "[data-back]")
        await tab.wait_for(f"{PRICED} && {TEXT} === {BRIEF!r}", 30)
        await click(tab, "[data-main]")
        await tab.wait_for("document.querySelector('.tile') !== null", 60)
        assert len(await server.deployment.get_studio().list_projects()) == 1


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Makes]:
    with makes_in(tmp_path) as made:
        yield made


@pytest.fixture
def place(local: Makes) -> Iterator[Place]:
    made = Place(local)
    yield made
    made.close()


@needs_browser
@pytest.mark.timeout(240)
async def test_a_full_disk_is_named_beside_what_was_typed_and_made_once_there_is_room(
    local: Makes, place: Place, tmp_path: Path
) -> None:
    place.mount(local.home, "size=200m")
    process = local.start("serve", "--port", "0")
    assert process.stderr
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found
    url = found[0].rstrip("/")
    async with open_browser(tmp_path / "profile") as tab:
        await begin(tab, "de")
        await tab.open(f"{url}/studio")
        await type_into(tab, "#text", BRIEF)
        await tab.wait_for(PRICED, 60)
        place.change(local.home, f"size={count_used_kib(local)}k")
        place._do("sh", "-c", f"dd if=/dev/zero of={local.home}/fill bs=1k || true")
        await click(tab, "[data-main]")
        await tab.wait_for("document.querySelector('[data-code]') !== null")
        assert await tab.run("document.querySelector('[data-code]').dataset.code") in ("disk_full", "disk_error")
        assert await tab.run(TEXT) == BRIEF, "the words stay in their field"
        await check_page(tab, url)
        place._do("rm", f"{local.home}/fill")
        place.change(local.home, "size=200m")
        await tab.wait_for(PRICED, 30)
        await click(tab, "[data-main]")
        await tab.wait_for("document.querySelector('.tile') !== null", 60)
        assert len(httpx2.get(f"{url}/api/v1/jobs").json()["jobs"]) == 1
        await check_page(tab, url)
    process.terminate()
    _, errors = process.communicate(timeout=30)
    assert "Traceback" not in errors, errors
