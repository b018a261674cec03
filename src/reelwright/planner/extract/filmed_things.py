"""Finds what a brief's pictures are of: the pictures that it asks for, and what the firm that it names does."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.screens.subject_phrase import DOER, SCENE, cut_undrawable, is_sentence_verb, write_subject
from reelwright.planner.subject_kind import drop_article
from reelwright.planner.tables import load_english, load_pattern

_IN_TOWN: Final = regex.compile(r" (?:in|near|around|across) \p{Lu}.*$")
_ARTICLE_ADDED: Final = regex.compile(r"an? ")
_PARTS: Final = regex.compile(r"[,.;:!?\n]")


def list_asked_pictures(facts: CertainFacts) -> list[str]:
    """List the pictures that a brief asks for, each as it stands after "Close-up of". A list in which some have
    articles has none where it says none: "a razor, white foam". Pure.
    """
    texts = [" ".join(part.text.split()) for part in facts.list_pictures("shot")]
    has_articles = any(load_pattern("brings_in").match(text) for text in texts)
    made = []
    for text in texts:
        written = write_subject(text, facts.language, is_told=True, begins_sentence=True).removeprefix(SCENE)
        added = _ARTICLE_ADDED.match(written)
        is_added = added and has_articles and text.casefold().startswith(written[added.end() :].casefold()[:4])
        written = written[added.end() :] if added and is_added else written
        made.append(drop_article(written, facts.language) if facts.language != "en" else written)
    return [text for text in made if text]


def find_what_is_done(facts: CertainFacts) -> tuple[str, str]:
    """Find the verb of what an English brief says right behind its name that the firm does, and what is filmed of that:
    "guided sea trips" of "Skua Kayaks in Oban runs guided sea trips", "somebody who repairs coats" of "Ines Roth
    repairs coats"; nothing of what no firm does ("Tally splits bills").
    """
    if not facts.name or facts.language != "en":
        return "", ""
    found = load_pattern("does_behind_name").match(_PARTS.split(facts.brief[facts.name.end :])[0])
    if not found or not is_sentence_verb(found["verb"], found["what"]):
        return "", ""
    verb, what = found["verb"], _IN_TOWN.sub("", cut_undrawable(found["what"]))
    if verb in load_english()["works"].split():
        return verb, f"{DOER} {verb} {what}"
    is_provided = verb in load_english()["provides"].split()
    return verb, write_subject(what, "en", is_told=True) if is_provided else ""
