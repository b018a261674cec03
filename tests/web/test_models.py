"""The page of AI models: what each can do and costs, which key is missing, and what is retired."""

from __future__ import annotations

import re
from dataclasses import replace

from reelwright.settings import Settings
from reelwright.studio.models.keys import add_key
from web.conftest import Visitor, open_visit


async def test_models_stand_by_what_they_lack_and_a_retired_one_names_its_successor(visitor: Visitor) -> None:
    page = await visitor.see("/studio/models")
    groups = [page.source.index(name) for name in ("On your own machines", "One key away", "Retired")]
    assert groups == sorted(groups)
    retired = next(one for one in await visitor.studio.list_models(include_retired=True) if one.stage == "retired")
    assert retired.successor and f"use {retired.successor}" in page.text
    assert page.list_tags("a", href="../studio?model=animatic")


async def test_a_model_of_one_s_own_server_needs_no_key_and_is_offered_once_its_server_is_named(
    visitor: Visitor, settings: Settings
) -> None:
    page = await visitor.see("/studio/models")
    own = page.text.partition("On your own machines")[2].partition("One key away")[0]
    assert "No key" not in own and "REELWRIGHT_OPENAI_VIDEOS_BASE_URL" in own.replace("\u200b", "")
    assert not page.list_tags("a", href="../studio?model=local-video")
    assert not (await visitor.see("/studio")).list_tags("option", value="local-video")
    named = replace(settings, base_urls={"openai_videos": "http://127.0.0.1:9"})
    async with open_visit(named, None) as other:
        page = await other.see("/studio/models")
        own = page.text.partition("On your own machines")[2].partition("One key away")[0]
        assert "Needs no key" in own and page.list_tags("a", href="../studio?model=local-video")
        assert (await other.see("/studio")).list_tags("option", value="local-video")


async def test_the_kind_and_the_ability_filter_the_table_and_nonsense_does_not(visitor: Visitor) -> None:
    every = len((await visitor.see("/studio/models")).list_tags("tr"))
    some = len((await visitor.see("/studio/models?can=both")).list_tags("tr"))
    assert 2 < some < every
    assert len((await visitor.see("/studio/models?kind=nonsense&can=nonsense")).list_tags("tr")) == every
    assert "Eleven" in (await visitor.see("/studio/models?kind=speech")).text


async def test_use_leads_to_a_film_by_this_model(visitor: Visitor) -> None:
    page = await visitor.see("/studio?model=animatic")
    assert [have["value"] for have in page.list_tags("option") if "selected" in have] == ["animatic"]


async def test_a_key_makes_its_models_ready(visitor: Visitor, settings: Settings) -> None:
    assert "the key is here" not in (await visitor.see("/studio/models?kind=speech")).text
    await add_key(settings, "elevenlabs", "sk_x", ask=False)
    assert "the key is here" in (await visitor.see("/studio/models?kind=speech")).text


async def test_prices_of_models_are_written_in_the_language_of_the_page(visitor: Visitor) -> None:
    for kind in ("video", "image", "speech", "music", "sound_effect", "text"):
        page = (await visitor.see(f"/studio/models?kind={kind}", **{"Accept-Language": "de"})).text
        english = re.findall(r"\$[\d.]+ (?:to|a|an|per|in)\b.*|your own .*|not known", page)
        assert not english, english
