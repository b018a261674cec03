"""A budget that is too small: the pages say so before anything is ordered, and offer to raise it."""

from __future__ import annotations

from web.conftest import PAID, Visitor


async def test_a_price_that_fits_no_budget_is_told_on_create_and_the_project_offers_to_raise_it(buyer: Visitor) -> None:
    project = await buyer.make(PAID)
    assert not (await buyer.see(f"/studio/projects/{project}")).list_tags("button", form="raise")
    await buyer.studio.cancel("last")
    await buyer.studio.set_budget("account", "0.01", per="month")
    draft = await buyer.draft(PAID)
    assert "of this month's budget of $0.01" in draft.text, "the quote warns before anything is ordered"
    page = await buyer.see(f"/studio/projects/{project}")
    (button,) = page.list_tags("button", form="raise")
    assert button["value"] == "1"
    fields = {name: page.list_tags("input", name=name, form="raise")[0]["value"] for name in ("scope", "of", "per")}
    assert fields == {"scope": "account", "of": "", "per": "month"}
    assert "Raise the budget" in (await buyer.see("/studio/queue")).text or "Go on" not in page.text
    sent = {**fields, "usd": button["value"], "project": project, "ticket": page.read_field("ticket")}
    raised = await buyer.send("/studio/budgets", sent)
    assert raised.answer.headers["location"].endswith(f"studio/projects/{project}")
    after = await buyer.see(f"/studio/projects/{project}")
    assert "budget of" not in after.text, "what stopped it before is no reason any more"
    assert not after.list_tags("button", form="raise") and after.list_tags("button", value="resume")


async def test_the_price_of_an_offer_is_the_price_that_its_choice_costs(visitor: Visitor) -> None:
    brief = {"text": "Skua Kayaks in Oban runs guided sea trips, £55 for three hours, every day in June 2027. Meet at "
             "the North Pier. Book on 01631 496 077. Show kayaks on calm water, a seal, mist lifting."}  # fmt: skip
    visitor.deployment.is_rehearsal = True
    page = await visitor.draft(brief)
    offers = [have["value"] for have in page.list_tags("button", **{"class": "offer"})]
    assert len(offers) == 3
    for model in offers:
        chosen = await visitor.draft({**brief, "model": model})
        quoted = await visitor.studio.quote(brief=brief["text"], models=(model,), again=True, new=True)
        assert chosen.price == quoted.to_json()["usd"]
        assert f"${chosen.price}" in page.text, "what is offered is what its choice costs"
