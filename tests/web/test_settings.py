"""The page of settings: provider keys, members, API keys, webhooks, how long files are kept; and signing in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from reelwright.media.typeset.faces import FONTS
from reelwright.net.keys import Keys
from reelwright.settings import Settings
from server.local_issuer import ANA, open_issuer
from server.test_sign_in import serve_with, sign_in
from web.conftest import FREE, Page, Visitor, open_visit

SECRET = "sk_a-secret-of-the-provider-1234567890"


async def act(visitor: Visitor, name: str, fields: dict[str, str], **files: bytes) -> Page:
    """Send a form of the page, with the content of its files."""
    ticket = (await visitor.see("/studio/settings")).read_field("ticket")
    return await visitor.send(f"/studio/settings/{name}", {"ticket": ticket, **fields}, **files)  # type: ignore[arg-type]


async def test_a_key_is_stored_as_the_command_stores_it_and_never_shown(visitor: Visitor, settings: Settings) -> None:
    assert "Key of LiteLLM" in (await visitor.see("/studio/settings")).text, "by the name that people know"
    done = await act(visitor, "keys-add", {"holder": "litellm", "secret": SECRET})  # an address of it is not set
    assert done.answer.status_code == 303
    key = Keys(settings).find("litellm")
    assert key and key.secret == SECRET
    page = Page(await visitor.client.get("/studio/settings?holder=litellm&verdict=not+asked"))
    assert "litellm. Stored." in " ".join(page.text.split()) and SECRET not in page.source
    assert (await act(visitor, "keys-remove", {"holder": "litellm"})).answer.status_code == 303
    assert Keys(settings).find("litellm") is None


async def test_a_key_that_its_provider_refuses_is_not_stored_and_not_echoed(settings: Settings) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as provider:
        port = provider.sockets[0].getsockname()[1]
        mine = replace(settings, base_urls={"elevenlabs": f"http://127.0.0.1:{port}"})
        async with open_visit(mine, None) as visitor:
            page = await act(visitor, "keys-add", {"holder": "elevenlabs", "secret": SECRET})
            assert page.answer.status_code == 422 and SECRET not in page.source and page.list_tags("div", role="alert")
            assert Keys(mine).find("elevenlabs") is None


async def test_a_secret_is_shown_once_and_the_api_key_works_until_it_is_revoked(visitor: Visitor) -> None:
    page = await act(visitor, "programs-add", {"name": "nightly", "role": "producer", "budget": "5", "per": "month"})
    (key,) = await visitor.studio.list_api_keys()
    shown = page.text.partition("It is shown only now.")[2].split()[0]
    client = visitor.client
    assert (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {shown}"})).status_code == 200
    assert shown not in (await visitor.see("/studio/settings")).source
    await act(visitor, "programs-revoke", {"key": key.id})
    assert (await client.get("/api/v1/me", headers={"Authorization": f"Bearer {shown}"})).status_code == 401


async def test_a_person_is_invited_gets_another_role_and_is_removed(visitor: Visitor) -> None:
    await act(visitor, "members-invite", {"email": "ana@studio.example", "role": "viewer"})
    (member,) = await visitor.studio.list_members()
    assert "ana@studio.example" in (await visitor.see("/studio/settings")).text
    await act(visitor, "members-role", {"member": member.id, "role": "producer"})
    assert (await visitor.studio.list_members())[0].role == "producer"
    await act(visitor, "members-remove", {"member": member.id})
    assert "ana@studio.example" not in (await visitor.see("/studio/settings")).text


async def test_a_brand_is_tried_set_and_emptied_and_no_film_is_made_again(visitor: Visitor, tmp_path: Path) -> None:
    project = await visitor.make(FREE)
    await visitor.finish(project)
    (bare,) = (await visitor.see("/studio/settings")).list_tags("img", width="960")
    typed = {"accent": "#2244cc", "end_card": "Made by hand in Sofia", "look": "paper"}
    tried = await act(visitor, "brand-preview", typed)
    (shown,) = tried.list_tags("img", width="960")
    assert shown["src"] != bare["src"] and tried.list_tags("input", name="end_card", value="Made by hand in Sofia")
    assert tried.list_tags("option", value="paper", selected="")
    assert (await visitor.studio.read_brand()).accent is None, "a preview sets nothing"
    Image.new("RGB", (200, 80), (20, 80, 200)).save(tmp_path / "mark.png")
    assert (await act(visitor, "brand-set", typed)).answer.status_code == 303
    content = (tmp_path / "mark.png").read_bytes()
    assert (await act(visitor, "brand-logo", {"way": "logo-file"}, file=content)).answer.status_code == 303
    brand = await visitor.studio.read_brand()
    assert brand.logo and (brand.accent, brand.end_card, brand.logo.width) == ("#2244CC", typed["end_card"], 200)
    page = await visitor.see("/studio/settings")
    assert page.list_tags("img", **{"class": "logo"}) and "200×80" in page.text
    await act(visitor, "brand-set", {"accent": "", "end_card": ""})
    await act(visitor, "brand-logo", {"way": "none"})
    brand = await visitor.studio.read_brand()
    assert (brand.accent, brand.logo, brand.end_card) == (None, None, None)
    assert (await visitor.studio.quote_resume(project, goal="film")).wanted_steps == ()


async def test_a_wrong_brand_is_refused_beside_what_was_typed_and_changes_nothing(visitor: Visitor) -> None:
    await visitor.studio.set_brand(accent="#2244CC")
    refused = await act(visitor, "brand-set", {"accent": "red", "end_card": "Made by hand"})
    assert (refused.answer.status_code, set(refused.codes)) == (422, {"invalid_value"})
    assert refused.list_tags("input", name="accent", value="red")
    for sent in (b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"no picture"):
        refused = await act(visitor, "brand-logo", {"way": "logo-file"}, file=sent)
        assert refused.answer.status_code in (415, 422) and refused.codes, sent
    brand = await visitor.studio.read_brand()
    assert (brand.accent, brand.logo, brand.end_card) == ("#2244CC", None, None)


async def test_a_font_is_set_shown_and_removed_and_what_is_none_is_refused(visitor: Visitor) -> None:
    (bare,) = (await visitor.see("/studio/settings")).list_tags("img", width="960")
    content = (FONTS / "playfair-400.ttf").read_bytes()
    assert (await act(visitor, "brand-font", {"way": "font-file"}, font=content)).answer.status_code == 303
    font = (await visitor.studio.read_brand()).font
    page = await visitor.see("/studio/settings")
    (shown,) = page.list_tags("img", width="960")
    assert font and font.family in page.text and font.licence in page.text and shown["src"] != bare["src"]
    refused = await act(visitor, "brand-font", {"way": "font-file"}, font=b"no font")
    assert refused.answer.status_code in (415, 422) and refused.codes
    assert (await visitor.studio.read_brand()).font == font
    stored = await visitor.studio.locate_asset(font.asset)
    stored.chmod(0o600)
    stored.write_bytes(b"damaged")
    page = await visitor.see("/studio/settings")
    assert page.answer.status_code == 200 and "Remove" in page.text, "a damaged font can be taken out"
    await act(visitor, "brand-font", {"way": "none"})
    assert (await visitor.studio.read_brand()).font is None


def refuse_on_loop(read: Callable[[Path], bytes], refused: Path) -> Callable[[Path], bytes]:
    """Return ``read``, which fails for one file where an event loop would wait for it."""

    def read_elsewhere(path: Path) -> bytes:
        if path.resolve() == refused.resolve():
            with pytest.raises(RuntimeError):
                asyncio.get_running_loop()
        return read(path)

    return read_elsewhere


async def test_a_logo_that_was_dropped_becomes_the_brand_s_and_is_not_read_on_the_loop(
    visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (64, 64), "red").save(tmp_path / "mark.png")
    (made,) = await visitor.studio.add_materials([tmp_path / "mark.png"], "picture")
    stored = await visitor.studio.locate_asset(made.id)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse_on_loop(Path.read_bytes, stored))
        assert (await act(visitor, "brand-logo", {"way": f"logo:{made.id}"})).answer.status_code == 303
    logo = (await visitor.studio.read_brand()).logo
    assert logo and (logo.name, logo.asset, logo.width) == ("logo", made.id, 64)
    (state,) = (await visitor.see("/studio/settings")).list_tags("p", **{"class": "drop-state"})
    assert state["data-neither"] == "no picture", "a clip is refused where it is dropped"
    assert (await act(visitor, "brand-logo", {"way": f"logo:{'0' * 64}"})).answer.status_code == 404


async def test_a_webhook_is_added_turned_off_and_removed(visitor: Visitor) -> None:
    url = "https://hooks.studio.example/x"
    page = await act(visitor, "webhooks-add", {"url": url, "event.job.done": "1"})
    (hook,) = await visitor.studio.list_webhooks()
    assert (hook.url, hook.events) == (url, ("job.done",)) and "whsec_" in page.text
    await act(visitor, "webhooks-enable", {"webhook": hook.id, "is_enabled": "false"})
    assert not (await visitor.studio.list_webhooks())[0].is_enabled
    await act(visitor, "webhooks-remove", {"webhook": hook.id})
    assert await visitor.studio.list_webhooks() == ()


async def test_how_long_files_are_kept_is_set_and_a_wrong_time_is_refused_by_name(visitor: Visitor) -> None:
    assert (await act(visitor, "retention-set", {"files": "30d"})).answer.status_code == 303
    assert (await visitor.studio.read_retention()).account.files == "30d"
    wrong = await act(visitor, "retention-set", {"files": "soon"})
    assert wrong.answer.status_code == 422 and "Files: " in wrong.text
    assert (await act(visitor, "nonsense", {})).answer.status_code == 404


@pytest.mark.parametrize("name", ["keys-add", "members-invite", "programs-add", "webhooks-add", "retention-set"])
async def test_only_owners_change_settings_and_keys_only_those_of_the_server(settings: Settings, name: str) -> None:
    async with open_visit(settings, None, is_key_required=True) as visitor:
        made = await visitor.studio.create_api_key("p", "producer")
        foreign = await visitor.studio.create_api_key("f", "owner", account="other")
        visitor.headers = {"Authorization": f"Bearer {made.secret}"}
        page = await visitor.see("/studio/settings")
        assert not page.list_tags("section", id="keys") and not page.list_tags("section", id="members")
        refused = await visitor.send(f"/studio/settings/{name}", {"ticket": "x"})
        assert (refused.answer.status_code, refused.codes) == (403, ["role_too_low"])
        if name == "keys-add":
            visitor.headers = {"Authorization": f"Bearer {foreign.secret}"}
            assert not (await visitor.see("/studio/settings")).list_tags("section", id="keys")
            refused = await act(visitor, name, {"holder": "litellm", "secret": SECRET})
            assert refused.answer.status_code == 403 and Keys(settings).find("litellm") is None


async def test_a_session_that_ended_leaves_the_page_and_says_where_to_sign_in(settings: Settings) -> None:
    person = {**ANA, "roles": ["Studio.Owner"]}
    async with (
        open_issuer(person=person) as issuer,
        serve_with(settings, issuer) as server,
        server.open_client(headers={"Accept": "text/html"}) as client,
    ):
        await sign_in(client, "/studio/settings")
        page = Page(await client.get("/studio/settings"))
        assert page.list_tags("form", action="../auth/sign-out") and "Ana" in page.text
        origin = {"Origin": server.url}
        out = await client.post("/auth/sign-out", headers=origin)
        assert out.status_code == 303
        gone = Page(await client.get("/auth/signed-out"))
        assert gone.codes == ["signed_out"] and gone.list_tags("a", href="../auth/sign-in")
        part = await client.get("/studio/queue", headers={"Accept": "*/*", "X-Reelwright-Fragment": "1"})
        assert part.status_code == 401
        sent = Page(await client.post("/studio/draft", data={"text": "x"}, headers=origin))
        assert sent.codes == ["sign_in_needed"] and sent.list_tags("a", href="../auth/sign-in")


async def test_a_person_chooses_light_or_dark_and_each_page_comes_in_it(visitor: Visitor) -> None:
    page = await visitor.see("/studio/settings")
    assert [have for have in page.list_tags("select") if "data-theme-choice" in have]
    assert "data-theme" not in page.list_tags("html")[0]
    dark = await visitor.see("/studio/queue", Cookie="reelwright-theme=dark")
    assert dark.list_tags("html")[0]["data-theme"] == "dark"
    assert "data-theme" not in (await visitor.see("/studio/queue", Cookie="reelwright-theme=x")).list_tags("html")[0]
