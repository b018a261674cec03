"""What the wording's slots stand for in one film, and how often each piece of evidence has been told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import regex

from reelwright.planner.extract import Understood
from reelwright.planner.extract.seen import Found
from reelwright.planner.facts import itself_of, split_pain, state_of, town_of
from reelwright.planner.phrases import gained, halves, lowered, opening, plural, with_article, without_address
from reelwright.planner.tables import moments, scenes, uses, wording

WORTH: Final = {
    "state": 13, "doing": 12, "pain": 12, "get": 11, "itself": 9, "own": 9, "feature": 8, "moment": 7, "town": 7,
    "audience": 6, "brand": 5, "use": 20, "kind": 4, "offer": 5, "call": 10, "quote": 10,
}  # fmt: skip
"""How much a piece of evidence makes a row of the wording worth."""
WEARS: Final = {"state": 2, "doing": 5, "pain": 6, "audience": 9}
"""How much less each time it has been told; what is not named here is told once."""
ONCE: Final = 30
NUMBERED: Final = 40
"""What a benefit with a number loses where that number has a beat of its own."""
GROUPS: Final = {
    "thing": "state", "good": "state", "bad": "state", "gone": "state", "kept": "state", "stays": "state",
    "gets": "state",
    "get1": "get", "get2": "get", "own1": "own", "own2": "own", "use1": "use", "use2": "use",
    "a_kind": "kind", "needed": "kind",
    "heats": "itself", "mug": "itself", "a_mug": "itself", "feature2": "feature", "feature3": "feature",
    "features": "feature", "deal": "offer", "code": "offer", "until": "offer",
    "until_low": "offer", "cta": "call", "cta_said": "call", "invite": "call", "url": "call", "who": "quote",
}  # fmt: skip
SAVED: Final = 9
"""What a hook loses that tells what a later beat is there to show."""
AILING: Final = 20
"""What a moment that is true of any such thing loses where the brief itself says what is spared."""
SOLEMN: Final = frozenset({"charity", "health", "occasion"})
"""Categories of which nobody is asked lightly whether they need one."""
LISTED: Final = ("get", "own", "moment", "feature", "use")
"""Of these there may be several, told one after another."""


class Slots:
    """Values by slot; a list's next value is the one that has not been told."""

    def __init__(
        self, understood: Understood, name: str, url: str, text: str, own: list[Found], *, english: bool
    ) -> None:
        self.u, self.english = understood, english
        self.named = bool(understood.name)
        self.language = "en" if english else ""
        self.counted = False
        """Has a number a beat of its own?"""
        self.shown = False
        """Is there a beat that shows what it is made with?"""
        self.fixed = self._fixed(name, url, text)
        self.lists = {
            "get": [lowered(get) for get in self._gets()],
            "own": [opening(found.text) for found in own],
            "moment": self._of_such(moments(), text),
            "use": self._of_such(uses(), text),
            "feature": [found.text for found in understood.features],
        }
        self.used: dict[str, int] = {}
        self.ails = any(self.fixed.get(slot) for slot in ("bad", "doing", "pain"))

    def value(self, slot: str) -> str:
        """What the slot stands for now; empty: nothing is left or the brief has none."""
        if slot in ("get1", "get2", "own1", "own2"):
            return halves(self.value(slot[:3]), self.language)[int(slot[-1]) - 1]
        if slot in ("use1", "use2"):
            first, dot, last = self.value("use").rpartition(". ")
            return "" if not dot else f"{first}." if slot == "use1" else last
        if slot in self.lists or slot in ("feature2", "feature3"):
            row = self.lists["feature" if slot.startswith("feature") else slot]
            at = self.used.get("feature" if slot.startswith("feature") else slot, 0)
            at += int(slot[-1]) - 1 if slot[-1].isdigit() else 0
            return row[at] if at < len(row) else ""
        if slot == "features" and self.used.get("feature"):
            return ""
        return self.fixed.get(slot, "")

    def worth(self, slots: set[str], beat: str = "") -> int:
        """Of a row with these slots: more for stronger evidence, less for what has been told."""
        total = 0
        for group in {GROUPS.get(slot, slot) for slot in slots} - {"name"}:
            told = 0 if group in LISTED else self.used.get(group, 0)
            total += WORTH.get(group, 0) - told * WEARS.get(group, ONCE)
            total -= SAVED if beat == "hook" and self.shown and group in ("feature", "own") else 0
            total -= AILING if group == "moment" and self.ails else 0
            total -= NUMBERED if group == "get" and self.counted and self._numbered() else 0
        return total

    def _numbered(self) -> bool:
        """Does the benefit whose turn it is speak of a number that has a beat of its own?"""
        value = self.value("get")
        return any(proof.found.text in value for proof in self.u.proofs)

    def tell(self, slots: set[str]) -> None:
        """Count what a row has told."""
        for group in {GROUPS.get(slot, slot) for slot in slots} - {"name"}:
            many = (
                len({s for s in slots if s.startswith("feature")})
                if group == "feature" and "features" not in slots
                else 1
            )
            self.used[group] = self.used.get(group, 0) + many

    def _fixed(self, name: str, url: str, text: str) -> dict[str, str]:
        u = self.u
        kind = lowered(u.kind.text) if u.kind and u.kind.text.casefold() not in name.casefold() else ""
        call = without_address(u.cta.text, url) if u.cta else ""
        if self.english:
            call = opening(str(wording()["calls"].get(call.casefold(), call)))
        features = [found.text for found in u.features]
        made = {
            "name": name if u.name else lowered(name),
            "kind": kind,
            "a_kind": with_article(kind) if kind and u.kind and u.kind.confidence >= 80 else "",
            "audience": lowered(u.audience.text) if u.audience else "",
            "features": " and ".join(features[:2]) if self.english else "",
            "deal": lowered(u.offer.deal.text) if u.offer else "",
            "code": u.offer.code.text if u.offer and u.offer.code and u.offer.code.text != u.offer.deal.text else "",
            "until": u.deadline.text if u.deadline else "",
            "until_low": lowered(u.deadline.text) if u.deadline else "",
            "brand": u.brand.text if u.brand and u.brand.text != name else "",
            "cta": call,
            "cta_said": u.cta.text if u.cta else "",
            "invite": scenes()[self._category() or "thing"].invite if not u.cta else "",
            "url": url,
            "quote": u.quote.said.text if u.quote else "",
            "who": u.quote.who if u.quote else "",
        }
        made["needed"] = "" if self._category() in SOLEMN else made["a_kind"]
        return made | self._turned(kind, text, name) if self.english else made

    def _turned(self, kind: str, text: str, name: str) -> dict[str, str]:
        """The turns that only English wording can make."""
        made: dict[str, str] = {}
        if self.u.pains:
            made["doing"], made["pain"] = split_pain(self.u.pains[0])
        if state := state_of(self.u):
            many = state.many
            made |= {"thing": state.thing, "good": state.good, "bad": state.bad, "gone": state.gone}
            made["kept"] = f"your {state.thing}" if state.yours else state.thing
            made |= {"stays": "stay" if many else "stays", "gets": "get" if many else "gets"}
        mug, heats = itself_of(kind)
        if mug and not plural(mug):
            made |= {"mug": mug, "heats": heats, "a_mug": with_article(mug), "itself": f"the {mug} that {heats}"}
        names = frozenset(f.text.casefold() for f in (self.u.product, self.u.brand) if f) | {name.casefold()}
        made["town"] = town_of(text, names)
        return made

    def _gets(self) -> list[str]:
        """What one gets, but for the clause that says no more than the state it keeps."""
        made = [gained(found.text) for found in self.u.benefits]
        state = state_of(self.u) if self.english else None
        return [get for get in made if not (state and state.thing in get and get.endswith(state.good))]

    def _of_such(self, table: Mapping[str, list[str]], text: str) -> list[str]:
        """What holds of any such thing: by a word of the brief, else by the category that the brief names.

        Of ``a bike lock`` nothing is told that holds of bikes.
        """
        if not self.english:
            return []
        low = text.casefold()
        keys = sorted((key for key in table if key not in scenes()), key=len, reverse=True)
        word = next((key for key in keys if regex.search(rf"\b{regex.escape(key)}(?:s|es|y|ies)?\b", low)), "")
        return list(table.get(word or self._category(), ()))

    def _category(self) -> str:
        """The category of the thing itself; empty where its kind only belongs to such things, or to none that we know.

        ``A bike lock`` is no bike, and ``a cider farm`` with its bottles no bottle.
        """
        kind, category = self.u.kind, self.u.category
        if not category:
            return ""
        if kind:
            named = set(scenes()[str(category.value)].words)
            if not {kind.text.casefold().split()[-1], kind.text.casefold().split()[-1].removesuffix("s")} & named:
                return ""
        return str(category.value)
