"""The film's words: what stands on screen and what would be said, from the brief or from neutral wording."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

import regex

from reelwright.planner.counting import count_words, said_seconds
from reelwright.planner.extract import Understood
from reelwright.planner.extract.seen import Found, tidy
from reelwright.planner.phrases import gained, lowered, opening, trim, with_article, without_address
from reelwright.planner.tables import Tone, beats, scenes, wording
from reelwright.reel.noun import noun

_SLOT: Final = regex.compile(r"\{(\w+)\}")
_CLAUSES: Final = regex.compile(r"(?<=[,;:.!?،、，。！？।؟]\s)|(?<=[、，。！？])")
_THIRD: Final = regex.compile(r"^(?:never |always )?\p{L}+s\s", regex.I)
AIR_S: Final = Fraction(1, 4)
"""Least air after a line. Source: craft.md 3.2, read 2026-11-20."""
LONGEST_NAME: Final = 5
LONGEST_LETTERS: Final = 28


@noun
class Told:
    """Words on screen by role, and the line that goes with them (empty: nothing is said)."""

    words: Mapping[str, str]
    said: str


class Teller:
    """Finds words for beat after beat; what has been used counts less. Deterministic in its arguments."""

    def __init__(self, understood: Understood, tone: str, pace: Tone, language: str, seed: str, text: str) -> None:
        self.u, self.tone, self.pace, self.language, self.seed = understood, tone, pace, language, seed
        self.english = language.split("-")[0] == "en"
        self.name = understood.name or self._unnamed(tidy(text))
        self.url = (understood.url or understood.handle or understood.phone or _NOTHING).text
        self.planned: frozenset[str] = frozenset()
        self._used: dict[str, int] = {}
        self._own = [found for found in understood.content if self._free(found)]
        self._own_at = 0
        self.slots = self._slots()

    # ---- what there is to tell

    def can(self, beat: str) -> bool:
        """Is there something to show or say for this beat that nobody has to make up?"""
        u = self.u
        if beat in ("agitate", "transformation"):
            return self.english and bool(u.pains)
        if beat == "problem":
            return self.english
        if beat == "cta":
            return self.english or u.cta is not None
        if beat == "benefit":
            return self.english or len(self._own) >= 2
        if beat == "brand":
            return self.english or len(self._own) >= 3 or u.brand is not None
        return True

    def sets(self, beat: str) -> int:
        """How many different screens of words a beat can fill."""
        if beat == "benefit":
            return max(1, min(3, len(self.u.benefits)))
        if beat == "demo":
            return max(1, min(2, len(self.u.benefits) - 1))
        if beat == "proof":
            return max(1, len(self.u.proofs))
        return 1

    # ---- telling

    def tell(self, beat: str, most: int, room: Fraction) -> Told:
        """Words of at most ``most`` words on screen and a line that fits ``room`` seconds."""
        most = max(1, min(most, beats()[beat].words))
        made = {
            "cold_open": lambda: Told(words={}, said=""),
            "reveal": lambda: self._reveal(most, room),
            "proof": lambda: self._proof(room),
            "testimonial": lambda: self._quote(most, room),
            "offer": lambda: self._offer(most, room),
            "urgency": lambda: self._until(room),
            "cta": lambda: self._call(most, room),
            "end_card": lambda: self._end(most, room),
        }.get(beat, lambda: self._line(beat, most, room))()
        self._used[beat] = self._used.get(beat, 0) + 1
        return made

    def _line(self, beat: str, most: int, room: Fraction) -> Told:
        line, said = self._choose(beat, most, room) if self.english else self._own_words(beat, most, room)
        words = {"line": line} if line else {}
        if beat == "demo" and (steps := self._steps(most - count_words(line, self.language))):
            words["steps"] = steps
        if beat == "brand" and line and not self.pace.brand_first and self.name.casefold() not in line.casefold():
            words["name"] = self.name
        if beat == "transformation" and self.u.pains:
            words["before"] = opening(trim(self.u.pains[0].text, 3, self.language))
        if count_words(" ".join(words.values()), self.language) > most:
            words = {"line": line} if line else {}
        return Told(words=words, said=said)

    def _steps(self, most: int) -> str:
        parts = [trim(f.text, 3, self.language) for f in self.u.features][:3]
        if len(parts) < 2 or not all(parts) or count_words(" ".join(parts), self.language) > most:
            return ""
        return "|".join(opening(part) if self.english else part for part in parts)

    def _reveal(self, most: int, room: Fraction) -> Told:
        words = {"name": self.name}
        left = min(5, most - count_words(self.name, self.language))
        kind = trim(self.u.kind.text, left, self.language) if self.u.kind and left > 0 else ""
        if kind and kind.casefold() != self.name.casefold():
            words["descriptor"] = opening(kind)
        brand = self.u.brand.text if self.u.brand else ""
        if brand and brand.casefold() not in self.name.casefold():
            words["kicker"] = brand
        said = self._choose("reveal", 99, room)[1] if self.english else ""
        said = said or self._fit(self.name, room)
        return Told(words=words, said=said)

    def _proof(self, room: Fraction) -> Told:
        proof = self.u.proofs[self._used.get("proof", 0) % len(self.u.proofs)]
        words = {"number": proof.number, "unit": proof.unit}
        if self.u.source:
            words["source"] = self.u.source.text
        said = self._choose("proof", 99, room)[1] if self.english else self._fit(proof.around, room)
        return Told(words=words, said=said)

    def _quote(self, most: int, room: Fraction) -> Told:
        quote = self.u.quote
        if quote is None:
            return Told(words={}, said="")
        shown = trim(quote.said.text, max(1, min(10, most)), self.language) or quote.said.text
        words = {"quote": shown if shown == quote.said.text else f"{shown} …", "who": quote.who}
        if quote.role:
            words["role"] = quote.role
        return Told(words=words, said=self._fit(quote.said.text, room))

    def _offer(self, most: int, room: Fraction) -> Told:
        if self.u.offer is None:
            return Told(words={}, said="")
        words = {"deal": opening(trim(self.u.offer.deal.text, min(6, most), self.language) or self.u.offer.deal.text)}
        code = self.u.offer.code
        if code and code.text != self.u.offer.deal.text and count_words(words["deal"], self.language) < most:
            words["code"] = code.text
        said = self._choose("offer", 99, room)[1] if self.english else self._fit(self.u.offer.deal.text, room)
        return Told(words=words, said=said)

    def _until(self, room: Fraction) -> Told:
        until = self.u.deadline.text if self.u.deadline else ""
        said = self._choose("urgency", 99, room)[1] if self.english else self._fit(until, room)
        return Told(words={"line": opening(until)} if until else {}, said=said)

    def _call(self, most: int, room: Fraction) -> Told:
        line = self._call_words(most)
        words = {"line": line} if line else {}
        if self.url and count_words(line, self.language) < most:
            words["url"] = self.url
        said = self._choose("cta", 99, room)[1] if self.english else self._fit(self.slots.get("cta_said", ""), room)
        return Told(words=words, said=said)

    def _call_words(self, most: int) -> str:
        bare = self.slots.get("cta", "")
        return trim(bare, min(most, 6), self.language) if bare else self.slots.get("invite", "") if self.english else ""

    def _end(self, most: int, room: Fraction) -> Told:
        words = {"name": self.name}
        left = most - count_words(self.name, self.language)
        if "offer" not in self.planned and self.u.offer and (deal := self._deal(left)):
            words["line"], left = deal, left - count_words(deal, self.language)
        if self.url and left > 0:
            words["url"], left = self.url, left - 1
        if "line" not in words and "cta" not in self.planned and self.u.cta and left > 0:
            line = self._call_words(left)
            if line and line.casefold() not in (self.name.casefold(), ""):
                words["line"] = line
        said = self._choose("end_card", 99, room)[1] if self.english else self._fit(self.name, room)
        return Told(words=words, said=said)

    def _deal(self, most: int) -> str:
        if not self.u.offer or most < 1:
            return ""
        code = self.u.offer.code.text if self.u.offer.code else ""
        deal = trim(self.u.offer.deal.text, max(1, most - bool(code)), self.language)
        return " · ".join(part for part in dict.fromkeys((opening(deal), code if most > 1 else "")) if part)

    # ---- where words come from

    def _own_words(self, beat: str, most: int, room: Fraction) -> tuple[str, str]:
        """The brief's next own clause, in the brief's language; the name where a beat cannot be without words."""
        while self._own_at < len(self._own):
            text = self._own[self._own_at].text
            self._own_at += 1
            if line := trim(text, most, self.language):
                return opening(line), self._fit(opening(text), room)
        for found in (self.u.kind, self.u.category) if beat in ("hook", "demo", "benefit") else ():
            word = trim(found.span.text, most, self.language) if found and found.span else ""
            if word and word.casefold() not in self.name.casefold() and not self._used.get(word):
                self._used[word] = 1
                return opening(word), ""
        needs_line = beat in ("hook", "brand", "benefit", "problem")
        return (self.name, "") if needs_line else ("", "")

    def _choose(self, beat: str, most: int, room: Fraction) -> tuple[str, str]:
        """The best row of the wording: most evidence, then tone, then chance by seed."""
        best: tuple[tuple[int, int], str, str] | None = None
        for index, (shown, said, tones) in enumerate(wording()[beat]):
            if tones and self.tone not in tones:
                continue
            line = self._fill(str(shown), most)
            spoken = self._fill(str(said), 999)
            if line is None or spoken is None:
                continue
            slots = set(_SLOT.findall(f"{shown} {said}"))
            worth = 10 * len({slot.lower() for slot in slots} - {"name"}) + 4 * bool(tones)
            worth -= 25 * self._used.get(f"{beat} {line.casefold()}", 0) + 22 * self._worn(slots)
            worth -= 22 if beat == "demo" and "get" in {s.lower() for s in slots} and self._saves_get() else 0
            worth -= 0 if said_seconds(spoken, self.language, self.pace.pace) + AIR_S <= room else 6
            rank = (worth, self._chance(beat, index))
            if best is None or rank > best[0]:
                best = (rank, line, spoken)
        for found in self._own if beat in ("benefit", "brand", "demo", "hook") else ():
            line = trim(found.text, most, self.language)
            if line and not self._used.get(found.text) and (best is None or best[0][0] < 10) and beat != "hook":
                self._used[found.text] = 1
                return opening(line), self._fit(opening(found.text), room)
        if best is None:
            return "", ""
        _, line, spoken = best
        self._used[f"{beat} {line.casefold()}"] = 1
        for slot in ("pain", "get", "audience", "feature"):
            if self.slots.get(slot) and self.slots[slot].casefold() in f"{line} {spoken}".casefold():
                self._used[slot] = self._used.get(slot, 0) + 1
        return line, self._fit(spoken, room)

    def _saves_get(self) -> bool:
        """The only benefit is kept for the beat of that name."""
        return "benefit" in self.planned and len(self.u.benefits) == 1

    def _worn(self, slots: Iterable[str]) -> int:
        """How often the evidence behind these slots has been told already."""
        return sum(min(1, self._used.get(slot.lower(), 0)) for slot in slots)

    def _fill(self, row: str, most: int) -> str | None:
        """The row with its slots filled; None where one is empty or the words are too many."""
        names = _SLOT.findall(row)
        left = most - count_words(_SLOT.sub(" ", row), self.language)
        for name in names:
            value = self._slot(name.lower())
            if name.lower() in ("get", "pain", "kind", "audience", "features", "feature") and most < 99:
                value = trim(value, max(0, left), self.language)
            if not value:
                return None
            at = row.index("{" + name + "}")
            opens = name[0].isupper() or row[:at].rstrip()[-1:] in ("", ".", "!", "?")
            value = opening(value) if opens and name != "url" else value
            left -= count_words(value, self.language)
            row = row[:at] + value + row[at + len(name) + 2 :]
        return row if left >= 0 else None

    def _slot(self, name: str) -> str:
        """A slot's value; of several benefits or pains the one whose turn it is."""
        turn = self._used.get("benefit" if name in ("get", "keeps") else name, 0)
        if name == "get" and self.u.benefits:
            return lowered(gained(self.u.benefits[turn % len(self.u.benefits)].text))
        if name == "keeps" and self.u.benefits:
            clause = self.u.benefits[turn % len(self.u.benefits)].text
            return lowered(clause) if _THIRD.match(clause) else ""
        if name == "number" and self.u.proofs:
            proof = self.u.proofs[self._used.get("proof", 0) % len(self.u.proofs)]
            return proof.found.text
        return self.slots.get(name, "")

    def _fit(self, text: str, room: Fraction) -> str:
        """``text`` where it can be said in ``room`` seconds, else as many of its clauses as can be, else nothing."""
        clauses = _CLAUSES.split(text)
        for count in range(len(clauses), 0, -1):
            opening_part = "".join(clauses[:count]).strip()
            if said_seconds(opening_part, self.language, self.pace.pace) + AIR_S <= room:
                return opening_part.rstrip(",;:،、，")
        return ""

    def _chance(self, beat: str, index: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed} {beat} {index}".encode()).digest()[:4])

    def _slots(self) -> dict[str, str]:
        u = self.u
        kind = lowered(u.kind.text) if u.kind and u.kind.text.casefold() != self.name.casefold() else ""
        apposed = with_article(kind) if kind and u.kind and u.kind.confidence >= 80 else ""
        call = without_address(u.cta.text, self.url) if u.cta else ""
        if self.english:
            call = opening(str(wording()["calls"].get(call.casefold(), call)))
        features = [f.text for f in u.features]
        return {
            "name": self.name if u.name else lowered(self.name),
            "kind": kind,
            "a_kind": apposed,
            "audience": lowered(u.audience.text) if u.audience else "",
            "pain": lowered(u.pains[0].text) if u.pains else "",
            "feature": features[0] if features else "",
            "features": " and ".join(features[:2]) if self.english else "",
            "deal": u.offer.deal.text if u.offer else "",
            "code": u.offer.code.text if u.offer and u.offer.code and u.offer.code.text != u.offer.deal.text else "",
            "until": u.deadline.text if u.deadline else "",
            "until_low": lowered(u.deadline.text) if u.deadline else "",
            "brand": u.brand.text if u.brand and u.brand.text != self.name else "",
            "cta": call,
            "cta_said": u.cta.text if u.cta else "",
            "invite": scenes()[str(u.category.value) if u.category else "thing"].invite if not u.cta else "",
            "url": self.url,
            "quote": u.quote.said.text if u.quote else "",
            "who": u.quote.who if u.quote else "",
        }

    def _free(self, found: Found) -> bool:
        """A clause that is not already told as something else."""
        u = self.u
        taken = [
            u.url,
            u.handle,
            u.phone,
            u.cta,
            u.deadline,
            u.offer.deal if u.offer else None,
            u.quote.said if u.quote else None,
        ]
        if self.english:
            taken += [u.kind, u.audience, u.product, *u.benefits, *u.pains, *u.features, *(p.found for p in u.proofs)]
        spans = [one.span for one in taken if one and one.span]
        return found.span is not None and not any(s.start < found.span.end and found.span.start < s.end for s in spans)

    def _unnamed(self, text: str) -> str:
        """What stands in the place of a name: ``Your gym``, else the brief's own first words."""
        if self.english and self.u.category and self.u.category.span:
            return f"Your {self.u.category.span.text.casefold()}"
        source = self.u.kind or next(iter(self.u.content), None)
        shown = trim(source.text if source else text, LONGEST_NAME - 1, self.language)
        shown = shown or trim(text, LONGEST_NAME - 1, self.language) or text
        return opening(_short_enough(shown))


def _short_enough(text: str) -> str:
    """Whole words of ``text`` up to a name's length; only a script without blanks is cut, between letters."""
    words = text.split()
    if len(words[0]) > LONGEST_LETTERS and any(ord(c) > 0x0E00 for c in words[0]):
        return (
            str(regex.match(r"[^\d\s]*", "".join(regex.findall(r"\X", words[0])[: LONGEST_LETTERS // 2]))[0])
            or words[0]
        )
    kept = words[0]
    for word in words[1:]:
        if len(kept) + 1 + len(word) > LONGEST_LETTERS:
            break
        kept = f"{kept} {word}"
    return kept


_NOTHING: Final = Found(value="", confidence=0)
