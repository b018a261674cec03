"""The film's words: what stands on screen and what would be said, from the brief or from neutral wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

import regex

from reelwright.planner.counting import (
    LEAST_S,
    READ_WORDS_PER_S,
    SETTLE_S,
    count_words,
    read_words,
    reading_seconds,
    said_seconds,
)
from reelwright.planner.extract import Understood
from reelwright.planner.extract.language import stopwords
from reelwright.planner.extract.seen import Found, tidy
from reelwright.planner.extract.subject import only_asks, subject_in
from reelwright.planner.facts import counted
from reelwright.planner.outline import evidence
from reelwright.planner.phrases import opening, trim
from reelwright.planner.slots import SOLEMN, Slots
from reelwright.planner.tables import Tone, beats
from reelwright.planner.wordings import Part, Wordings
from reelwright.reel.noun import noun

_CLAUSES: Final = regex.compile(r"(?<=[,;:.!?،、，。！？।؟]\s)|(?<=[、，。！？])")
AIR_S: Final = Fraction(1, 4)
"""Least air after a line. Source: craft.md 3.2, read 2026-11-20."""
GLAD: Final = frozenset({"occasion"})
"""Categories of which nothing is wrong and nothing is sold: a birthday has no problem to solve."""
NAMELESS: Final = "Your name here"
LONGEST_NAME: Final = 5
LONGEST_LETTERS: Final = 28


@noun
class Told:
    """Words on screen by role, and the line that goes with them (empty: nothing is said)."""

    words: Mapping[str, str]
    said: str


class Teller:
    """Finds words for beat after beat; nothing is told twice. Deterministic in its arguments."""

    def __init__(self, understood: Understood, tone: str, pace: Tone, language: str, seed: str, text: str) -> None:
        self.u, self.tone, self.pace, self.language, self.seed = understood, tone, pace, language, seed
        self.english = language.split("-")[0] == "en"
        self.name = understood.name or self._unnamed(tidy(text))
        self.url = (understood.url or understood.handle or understood.phone or _NOTHING).text
        self.planned: tuple[str, ...] = ()
        self.long = False
        """Is the film so long that it may also tell what is true of any such thing?"""
        self._own = [found for found in understood.content if self._free(found)]
        self._own_at = 0
        self._proof_at = 0
        self._named: set[str] = set()
        self._shown: list[str] = []
        self.slots = Slots(understood, self.name, self.url, tidy(text), self._own, english=self.english)
        self.wordings = Wordings(self.slots, tone, language, seed)

    # ---- what there is to tell

    def can(self, beat: str) -> bool:
        """Is there something to show or say for this beat that nobody has to make up?"""
        u = self.u
        if beat in ("problem", "agitate", "transformation") and u.category and u.category.value in GLAD:
            return False
        ails = any(self.slots.value(slot) for slot in ("bad", "doing", "pain"))
        if beat in ("agitate", "transformation"):
            return self.english and ails
        if beat == "problem":
            return self.english and (ails or self.long or len(self.slots.lists["moment"]) > 1)
        if beat == "demo":
            shows = ("get", "own", "feature", "heats", "thing", *(() if evidence(u) else ("use",)))
            return not self.english or any(self.slots.value(slot) for slot in shows)
        if beat == "second demo":
            return len(u.benefits) + len(u.features) + len(self._own) >= 4
        if beat == "cta":
            glad = u.category is not None and u.category.value in GLAD
            return u.cta is not None or (self.english and not glad)
        if beat == "benefit":
            return self.english or len(self._own) >= 2
        if beat == "brand":
            return self.english or len(self._own) >= 3 or u.brand is not None
        return True

    def thin(self, beat: str) -> bool:
        """Has the brief hardly anything that this beat could show?"""
        lists = sum(len(self.slots.lists[name]) for name in ("get", "own", "own", "feature"))
        turns = sum(bool(self.slots.value(name)) for name in ("heats", "thing", "pain", "doing"))
        return self.english and lists + turns <= (2 if beat == "demo" else 3)

    def plans(self, names: Sequence[str]) -> None:
        """The beats that there will be: a number that has a beat of its own is not told before."""
        self.planned = tuple(names)
        self.slots.counted = "proof" in names
        self.slots.shown = "demo" in names

    def sets(self, beat: str) -> int:
        """How many different screens of words a beat may fill, at most."""
        if beat == "proof":
            return max(1, min(2, len(self.u.proofs)))
        if beat in ("demo", "benefit", "brand", "problem", "agitate"):
            return 3
        return 2 if beat == "hook" else 1

    # ---- telling

    def tell(self, beat: str, shots: int, room: Fraction, *, alone: Fraction | None = None) -> list[Told]:
        """Words for at most ``shots`` shots, each with its line, all of which can be read in ``room`` seconds.

        ``alone``: the last of them will stand under a picture and must make sense there by itself; where there is no
        more than one, it has that many seconds.

        At least one, which may be without words; fewer than asked for where there is no more to tell.
        """
        most = max(1, beats()[beat].words)
        least = int((room - SETTLE_S) * READ_WORDS_PER_S)
        one = max(1, min(most, least))
        made = {
            "cold_open": lambda: [Told(words={}, said="")],
            "reveal": lambda: [self._reveal(one, room)],
            "proof": lambda: self._proofs(shots, room),
            "testimonial": lambda: [self._quote(one, room)],
            "offer": lambda: [self._offer(one, room)],
            "urgency": lambda: [self._until(room)],
            "cta": lambda: [self._call(one, room)],
            "end_card": lambda: [self._end(one, room)],
        }.get(beat, lambda: self._lines(beat, shots, most, room, alone))()
        self._shown += [text.casefold() for told in made for text in told.words.values()]
        return made or [Told(words={}, said="")]

    def _lines(self, beat: str, shots: int, most: int, room: Fraction, alone: Fraction | None) -> list[Told]:
        """Row after row of the wording, or of the brief's own clauses, until every shot has words."""
        made: list[Told] = []
        left = room
        if beat == "demo" and "benefit" in self.planned and (untold := self._untold()) > 2:
            shots = min(shots, untold - 1)  # one fact is left for the beat that follows
        while len(made) < shots:
            parts = self._picked(beat, shots - len(made), most, left, alone, first=not made)
            if not parts:
                break
            made += [Told(words=self._line_words(beat, part.shown), said=part.said) for part in parts]
            left = room - sum((self._reads(told) for told in made), Fraction(0))
            if beat in ("hook", "transformation"):
                break
        return made

    def _untold(self) -> int:
        """How many facts of the brief have not been on screen yet."""
        used, lists = self.slots.used, self.slots.lists
        return sum(max(0, len(lists[name]) - used.get(name, 0)) for name in ("get", "own", "feature"))

    def _picked(
        self, beat: str, shots: int, most: int, room: Fraction, alone: Fraction | None, *, first: bool
    ) -> list[Part]:
        if not self.english:
            return self._own_parts(beat, shots, most, room if alone is None or shots > 1 else alone)
        pick = self.wordings.pick
        return pick(beat, shots, most, room, alone=alone) or (
            pick(beat, shots, most, room, alone=alone, last=True) if first else []
        )

    def _line_words(self, beat: str, shown: str) -> dict[str, str]:
        if beat == "transformation" and (before := self._before()):
            return {"before": before, "after": shown}
        return {"line": shown} if shown else {}

    def _before(self) -> str:
        """What stood before the change, in at most three words."""
        value = self.slots.value
        before = f"{value('bad')} {value('thing')}" if value("bad") else value("doing") or value("pain")
        return opening(trim(before, 3, self.language)) + "." if before else ""

    def _reads(self, told: Told) -> Fraction:
        return reading_seconds(read_words(told.words, self.language))

    def _reveal(self, most: int, room: Fraction) -> Told:
        words = {"name": self.name}
        left = min(5, most - count_words(self.name, self.language))
        beside, kind = self._described(left)
        if kind and kind.casefold() != self.name.casefold():
            words["descriptor"] = opening(kind)
        brand = self.u.brand.text if self.u.brand else ""
        if brand and brand.casefold() not in self.name.casefold():
            words["kicker"] = brand
        said = self.wordings.said("reveal", beside) if self.english else ""
        return Told(words=words, said=self._fit(said or self.name, room))

    def _described(self, most: int) -> tuple[str, str]:
        """The slot and the words under the name: what it does itself, a number that has no beat, or its kind."""
        itself = self.slots.value("itself")
        if itself and "demo" not in self.planned and count_words(itself, self.language) <= most:
            return "itself", itself
        if itself and "demo" not in self.planned and count_words(self.slots.value("heats"), self.language) <= most:
            return "itself", self.slots.value("heats")
        if self.u.proofs and "proof" not in self.planned and self.english and most > 0:
            proof = self.u.proofs[0]
            label = counted(proof, "", english=True)[0].removeprefix(self.name).strip()
            for lead in (label, label.rpartition(" ")[2]):
                told = f"{lead} {proof.found.text}".strip()
                if lead.casefold() not in ("", "at", "for") and count_words(told, self.language) <= most:
                    return "", told
        self.slots.tell({"kind"})
        shown = self.slots.value("kind")
        return "itself" if itself else "kind" if shown else "", trim(shown, most, self.language) if most > 0 else ""

    def _proofs(self, shots: int, room: Fraction) -> list[Told]:
        """Number after number of the brief, each with what it counts."""
        made: list[Told] = []
        many, whole = self.u.proofs, room
        while many and len(made) < shots and self._proof_at < len(many) and room >= LEAST_S:
            proof, before = many[self._proof_at], many[self._proof_at - 1].found.text if self._proof_at else ""
            label, after = counted(proof, before, english=self.english)
            words = {"number": proof.number, "unit": proof.unit}
            if label:
                words["label"] = opening(label)
            if self.u.source:
                words["source"] = self.u.source.text
            said = " ".join(part for part in (opening(label), proof.found.text, after) if part) + "."
            told = Told(words=words, said=self._fit(said if self.english else proof.around, room))
            if made and self._reads(told) > room:
                break
            self._proof_at += 1
            made.append(told)
            room -= self._reads(told)
        if len(made) > 1 and not all(told.said for told in made):
            numbers = " ".join(f"{proof.found.text}." for proof in many[self._proof_at - len(made) : self._proof_at])
            made = [replace(told, said=self._fit(numbers, whole) if k == 0 else "") for k, told in enumerate(made)]
        return made

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
        said = self._fit(self.wordings.said("offer") if self.english else self.u.offer.deal.text, room)
        return Told(words=words, said=said)

    def _until(self, room: Fraction) -> Told:
        until = self.u.deadline.text if self.u.deadline else ""
        said = self._fit(self.wordings.said("urgency") if self.english else until, room)
        return Told(words={"line": opening(until)} if until else {}, said=said)

    def _call(self, most: int, room: Fraction) -> Told:
        line = self._call_words(most)
        words = {"line": line} if line else {}
        if self.url and count_words(line, self.language) < most:
            words["url"] = self.url
        said = self._fit(self.wordings.said("cta") if self.english else self.slots.value("cta_said"), room)
        return Told(words=words, said=said)

    def _call_words(self, most: int) -> str:
        bare = self.slots.value("cta")
        return trim(bare, min(most, 6), self.language) if bare else self.slots.value("invite") if self.english else ""

    def _end(self, most: int, room: Fraction) -> Told:
        words = {"name": self.name}
        left = most - count_words(self.name, self.language)
        if "offer" not in self.planned and self.u.offer and (deal := self._deal(left)):
            words["line"], left = deal, left - count_words(deal, self.language)
        if self.url and left > 0:
            words["url"], left = self.url, left - 1
        said = self.wordings.said("end_card") if self.english else self.name
        if "line" not in words and "cta" not in self.planned and (self.u.cta or self._invites()) and left > 0:
            line = self._call_words(left)
            if count_words(line, self.language) <= left and line.casefold() not in (self.name.casefold(), ""):
                words["line"] = line
                said = said if self.u.cta else f"{said.rstrip('.')}. {line}."
        said = self._fit(said, room)
        return Told(words=words, said=said)

    def _invites(self) -> bool:
        """May a brief without a call be given the one that goes with any such thing?"""
        known = self.u.category is not None and self.name.startswith("Your ")
        return (self.slots.named or known) and not (self.u.category and self.u.category.value in SOLEMN)

    def _deal(self, most: int) -> str:
        if not self.u.offer or most < 1:
            return ""
        code = self.u.offer.code.text if self.u.offer.code else ""
        deal = trim(self.u.offer.deal.text, max(1, most - bool(code)), self.language)
        return " · ".join(part for part in dict.fromkeys((opening(deal), code if most > 1 else "")) if part)

    # ---- where words come from

    def _own_parts(self, beat: str, shots: int, most: int, room: Fraction) -> list[Part]:
        """The brief's next own clause, in the brief's language; the name where a beat cannot be without words."""
        while self._own_at < len(self._own):
            text = self._own[self._own_at].text
            self._own_at += 1
            if parts := self._split(text, shots, most, room):
                return parts
        for found in (self.u.kind, self.u.category) if beat in ("hook", "demo", "benefit") else ():
            word = trim(found.span.text, most, self.language) if found and found.span else ""
            seen = any(word.casefold() in told for told in (self.name.casefold(), *self._shown))
            if word and not seen:
                self._shown.append(word.casefold())
                return [Part(shown=opening(word), said="")]
        needs_line = beat in ("hook", "brand", "benefit", "problem") and beat not in self._named
        self._named.add(beat)
        return [Part(shown=self.name, said="")] if needs_line else []

    def _split(self, text: str, shots: int, most: int, room: Fraction) -> list[Part]:
        """A clause over the shots there are, broken where its writer paused; else as much as can be read at once."""
        pieces = [piece.strip(" ,;:،、，") for piece in _CLAUSES.split(text) if piece.strip(" ,;:،、，")]
        if 1 < len(pieces) <= shots:
            counts = [count_words(piece, self.language) for piece in pieces]
            if max(counts) <= most and sum(reading_seconds(count) for count in counts) <= room:
                return [Part(shown=opening(piece), said=opening(piece)) for piece in pieces]
        line = trim(text, max(1, min(most, int((room - SETTLE_S) * READ_WORDS_PER_S))), self.language)
        return [Part(shown=opening(line), said=self._fit(opening(text), room) or opening(line))] if line else []

    def _fit(self, text: str, room: Fraction) -> str:
        """``text`` where it can be said in ``room`` seconds, else as many of its clauses as can be, else nothing."""
        clauses = _CLAUSES.split(text)
        for count in range(len(clauses), 0, -1):
            opening_part = "".join(clauses[:count]).strip()
            if said_seconds(opening_part, self.language, self.pace.pace) + AIR_S <= room:
                return opening_part.rstrip(",;:،、，")
        return ""

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
            written = [pain for pain in u.pains if pain.span and pain.span.text == pain.text]
            taken += [u.kind, u.audience, *u.benefits, *written, *u.features]
        spans = [one.span for one in taken if one and one.span]
        if found.span is None or any(s.start < found.span.end and found.span.start < s.end for s in spans):
            return False
        return not self.english or self._tells(found)

    def _tells(self, found: Found) -> bool:
        """Does a clause say something of its own beside a name and a number that have a beat of their own?"""
        rest = found.text
        for one in (self.u.product, self.u.brand, *(proof.found for proof in self.u.proofs)):
            rest = rest.replace(one.text, " ") if one else rest
        words = [word for word in regex.findall(r"[\p{L}’'-]+", rest.casefold()) if word not in stopwords("en")]
        return len(words) >= (1 if rest == found.text else 2)

    def _unnamed(self, text: str) -> str:
        """What stands in the place of a name: ``Your gym``, else what it is about, else the brief's first words."""
        if self.english and self.u.kind and self.u.kind.span:
            return f"Your {self.u.kind.span.text.casefold()}"
        if self.english and (subject := trim(subject_in(text), LONGEST_NAME, self.language)):
            return opening(_short_enough(subject))
        if self.english and self.u.category and self.u.category.span:
            return f"Your {self.u.category.span.text.casefold()}"
        text = regex.sub(
            r"^(?:please\s+)?(?:explain|describe|show|tell (?:us|them|people))\s+(?:about\s+)?", "", text, flags=regex.I
        )
        source = self.u.kind or next(iter(self.u.content), None)
        shown = trim(source.text if source else text, LONGEST_NAME - 1, self.language)
        shown = shown or trim(text, LONGEST_NAME - 1, self.language) or text
        if self.english and only_asks(shown):
            return NAMELESS
        return opening(_short_enough(shown))


def _short_enough(text: str) -> str:
    """Whole words of ``text`` up to a name's length; only a script without blanks is cut, between letters."""
    words = text.split()
    if len(words[0]) > LONGEST_LETTERS and all(ord(c) > 0x0E00 for c in words[0] if c.isalpha()):
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
