"""Hostile pages: other sites, forged forms, words that would be markup or script, other accounts, and odd fields."""

from __future__ import annotations

import pytest

from reelwright.settings import Settings
from web.conftest import FREE, HOST, Page, Visitor, open_visit

FORMS = ("/studio/draft", "/studio/films", "/studio/example")
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "{{ 7 * 7 }}{% print(1) %}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "<!--><script>alert(1)</script>-->",
    "<style>@import 'http://evil.example/x.css'</style>",
    "<base href=http://evil.example/>",
    "<form action=http://evil.example><button>go</button></form>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "%(price)s %s %n",
    "](javascript:alert(1)) [x](javascript:alert(1))",
)


def check_page(page: Page) -> None:
    """No script or style stands in a page, nothing comes from another host, and no attribute is a handler."""
    policy = page.answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
    assert page.answer.headers["x-content-type-options"] == "nosniff"
    for tag, have in page.tags:
        assert tag not in ("iframe", "object", "embed", "base", "style"), tag
        assert not [name for name in have if name.startswith("on") or name == "style"], (tag, have)
        for name in ("href", "src", "action", "formaction"):
            value = have.get(name, "")
            assert not value.startswith(("javascript:", "http", "//")), (tag, value)
            assert tag in ("img", "image") or not value.startswith("data:"), (tag, value)
        if tag == "script":
            assert have.get("type") == "module" and have["src"].endswith("/studio.js")
        if tag == "meta":
            assert "http-equiv" not in have


@pytest.mark.parametrize("markup", MARKUP)
async def test_words_of_a_person_are_text_on_every_page(visitor: Visitor, markup: str) -> None:
    text = f"# Fenn\n\n{markup}\n\nIt never flickers.\n"
    for words in (f"“It never flickers.” For “Fenn”, a lamp. {markup}", text):
        page = await visitor.draft({"text": words, "length": "2", "budget": markup, "aspect": markup})
        check_page(page)
        page = await visitor.draft({"text": words, "length": "2"})
        check_page(page)
        if "<textarea" in page.source and "</textarea>" not in markup:
            assert markup in page.text or "&" in markup
        if not page.list_tags("button", value="film"):
            continue  # such as a link that no film may show
        sent = {
            "text": words,
            "length": "2",
            "ticket": page.read_field("ticket"),
            "max_usd": page.price,
            "goal": "film",
        }
        made = await visitor.send("/studio/films", sent)
        if made.answer.status_code != 303:
            check_page(made)
            continue
        project = made.answer.headers["location"].rpartition("/")[2]
        for path in (f"/studio/projects/{project}", f"/studio/projects/{project}?tab=script", "/studio/queue",
                     "/studio/projects"):  # fmt: skip
            check_page(await visitor.see(path))


async def test_words_in_the_address_and_in_odd_fields_are_text_too(visitor: Visitor) -> None:
    for markup in MARKUP:
        for path in ("/studio?start=", "/studio/queue?only="):
            page = Page(await visitor.client.get(path.partition("?")[0], params={path.rpartition("?")[2][:-1]: markup}))
            check_page(page)
        page = Page(await visitor.client.get("/studio/projects/" + markup.replace("/", "").replace("?", "")))
        assert page.answer.status_code in (404, 422)
        check_page(page)


async def test_a_form_without_a_ticket_of_this_server_is_refused_and_starts_nothing(visitor: Visitor) -> None:
    page = await visitor.draft(FREE)
    ticket = page.read_field("ticket")
    forged = ("", "x", "x.y", ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), f"other{ticket}", ticket.split(".")[0])
    project = await visitor.make(FREE)
    (job,) = await visitor.studio.list_jobs()
    paths = (*FORMS, f"/studio/projects/{project}/price", f"/studio/projects/{project}/change",
             f"/studio/projects/{project}/circle", f"/studio/jobs/{job.id}/cancel", f"/studio/jobs/{job.id}/front",
             f"/studio/jobs/{job.id}/retry")  # fmt: skip
    for path in paths:
        for one in forged:
            refused = await visitor.send(path, {**FREE, "ticket": one, "max_usd": "9", "goal": "film"})
            assert (refused.answer.status_code, refused.codes) == (403, ["form_unknown"]), (path, one)
            check_page(refused)
    assert len(await visitor.list_projects()) == 1 and (await visitor.studio.list_jobs())[0].state == "queued"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000", "Sec-Fetch-Site": "same-site"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_the_page_of_another_site_sends_no_form_even_with_a_ticket(
    visitor: Visitor, headers: dict[str, str]
) -> None:
    page = await visitor.draft(FREE)
    sent = {**FREE, "ticket": page.read_field("ticket"), "max_usd": page.price, "goal": "film"}
    for path in FORMS:
        refused = await visitor.send(path, sent, **headers)
        assert (refused.answer.status_code, refused.codes) == (403, ["foreign_origin"])
    assert await visitor.list_projects() == []


async def test_another_site_may_lead_to_the_pages_but_loads_no_picture_or_film_of_them(visitor: Visitor) -> None:
    project = await visitor.make(FREE)
    foreign = {"Sec-Fetch-Site": "cross-site", "Referer": "http://evil.example/"}
    leads = {**foreign, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    loads = {**foreign, "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    frames = {**foreign, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    for path in ("/studio", f"/studio/projects/{project}"):
        assert (await visitor.see(path, **leads)).answer.status_code == 200
        assert (await visitor.see(path, **loads)).answer.status_code == 403
        assert (await visitor.see(path, **frames)).answer.status_code == 403
    assert (await visitor.see("/", **leads)).answer.status_code == 303


async def test_a_page_by_a_name_that_is_not_this_server_is_refused(visitor: Visitor) -> None:
    refused = await visitor.see("/studio", Host="evil.example")
    assert (refused.answer.status_code, refused.codes) == (421, ["unknown_host"])


async def test_accounts_see_nothing_of_one_another_and_a_ticket_is_only_good_for_its_own(settings: Settings) -> None:
    async with open_visit(settings, None, is_key_required=True) as one:
        keys = {
            name: await one.studio.create_api_key(name, "producer", account=name, auto_approve="1")
            for name in ("one", "two")
        }
        viewer = await one.studio.create_api_key("viewer", "viewer", account="one")
        nobody = await one.see("/studio")
        assert (nobody.answer.status_code, nobody.codes) == (401, ["key_needed"])
        check_page(nobody)
        first, second = (
            Visitor(one.client, one.deployment, None, {"Authorization": f"Bearer {keys[name].secret}"})
            for name in ("one", "two")
        )
        page = await first.draft(FREE)
        sent = {**FREE, "ticket": page.read_field("ticket"), "max_usd": "0.00", "goal": "film"}
        stolen = await second.send("/studio/films", sent)
        assert (stolen.answer.status_code, stolen.codes) == (403, ["form_unknown"])
        project = await first.make(FREE)
        (job,) = await one.deployment.get_studio("one").list_jobs()
        ticket = (await second.see("/studio")).read_field("ticket")
        for path in ("/studio/queue", "/studio/projects", "/studio"):
            assert project not in (await second.see(path)).source and job.id not in (await second.see(path)).source
        foreign = [await second.see(f"/studio/projects/{project}")]
        for path in (f"projects/{project}/price", f"projects/{project}/change", f"projects/{project}/circle",
                     f"jobs/{job.id}/cancel", f"jobs/{job.id}/front", f"jobs/{job.id}/retry"):  # fmt: skip
            foreign.append(await second.send(f"/studio/{path}", {"ticket": ticket, "shot": "1", "take": "1"}))
        assert {one.answer.status_code for one in foreign} == {404}
        watcher = Visitor(one.client, one.deployment, None, {"Authorization": f"Bearer {viewer.secret}"})
        seen = await watcher.see(f"/studio/projects/{project}")
        assert seen.answer.status_code == 200 and "disabled" in seen.list_tags("button", form="cancel")[0]
        refused = await watcher.send(f"/studio/jobs/{job.id}/cancel", {"ticket": seen.read_field("ticket")})
        assert (refused.answer.status_code, refused.codes) == (403, ["role_too_low"])


async def test_the_name_of_a_caller_is_shown_as_text(settings: Settings) -> None:
    async with open_visit(settings, None, is_key_required=True) as visitor:
        for markup in MARKUP[:6]:
            made = await visitor.studio.create_api_key(markup, "producer", auto_approve="1")
            visitor.headers = {"Authorization": f"Bearer {made.secret}"}
            page = await visitor.see("/studio")
            check_page(page)
            assert markup in [have["title"] for have in page.list_tags("a") if "rail-who" in have.get("class", "")]


async def test_odd_and_oversized_fields_are_refused_by_name(visitor: Visitor) -> None:
    ticket = (await visitor.see("/studio")).read_field("ticket")
    for fields, status in (
        ({"text": "x" * 300_000}, 422),
        ({"length": "9" * 500}, 422),
        ({"text": "a\x00b"}, 422),
        ({f"f{n}": "x" for n in range(200)}, 422),
    ):
        refused = await visitor.send("/studio/draft", {"ticket": ticket, **fields})
        assert refused.answer.status_code == status and refused.codes, fields.keys()
        check_page(refused)


async def test_a_file_of_the_pages_is_named_and_no_other_file_is_sent(visitor: Visitor) -> None:
    page = await visitor.see("/studio")
    (sheet,) = page.list_tags("link", rel="stylesheet")
    style = await visitor.client.get(sheet["href"])
    assert style.headers["content-type"].startswith("text/css") and "immutable" in style.headers["cache-control"]
    for name in ("files.py", "..%2ffiles.py", "base.html", "tokens.css", "%2e%2e", "x"):
        assert (await visitor.client.get(f"/studio/files/x/{name}")).status_code == 404, name
    assert HOST not in style.text and "http" not in style.text.replace("http://www.w3.org", "")


async def test_a_page_is_compressed_but_no_answer_to_a_form_is(visitor: Visitor) -> None:
    page = await visitor.see("/studio")
    assert page.answer.headers["content-encoding"] == "gzip"
    drafted = await visitor.draft({"text": "x"})
    assert "content-encoding" not in drafted.answer.headers, "its size would say what stands beside a secret"
