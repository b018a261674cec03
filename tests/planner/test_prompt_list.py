"""The prompts of sixty briefs, which somebody read on 2026-11-25: what was wrong in them then does not come back."""

from __future__ import annotations

from typing import Final

import pytest
import regex
from tools.prompts import FLAVORS, list_briefs, list_prompts

REQUESTS: Final = regex.compile(
    r"\b(?:create|generate|produce|advertise|ad|advert|commercial|promo|tiktok|spot|publicité|anuncio|vídeo|Werbespot"
    r"|reklam\p{L}*|ролик)\b|广告|広告|制作|إعلان|\b\d+ ?(?:s|sec\w*|-second)\b|\bclose-?ups\b",
    regex.I,
)
BROKEN: Final = regex.compile(
    r"\b(\w{3,}) \1\b|\b(?:an?|the|of|for|at|and|being|with|(?<!close )by),|\bof (?:A|An|The) "
    r"|\ban? (?:an?|the|we|why|how)\b|\ba [aeio]|\ban [b-df-gj-np-tv-z]|of d['’]|^\W*$"
)
"""A word said twice, a phrase without its end, an article too many or the wrong one."""
SENSELESS: Final = regex.compile(
    r"\b(?:lit all at once|sliced|asleep beside|every part in place|in mid-leap|torn|bite)\b"
    r"|\bof (?:rent|repair|clean|help|save|come|buy|get) |\b(?:subscription|invitation),|\bwho does an? "
    r"|^(?:the people around|somebody from|people in) \p{Ll}+(?:ing|tion|ung|zione|ción),"
)
"""Acts that suit few things, verbs of an advert in place of its thing, and words that no picture has."""
LOOK: Final = regex.compile(r"(?:Setting|Style): ([^.]*)\.")
NO_LOOK: Final = regex.compile(r"\bclose[ -]?ups?\b|\b(?:near|at|in|of|by|for)$|\b(?:dates|booking|tickets)\b", regex.I)


@pytest.mark.parametrize("flavor", FLAVORS)
def test_the_prompts_of_sixty_briefs_hold_no_request_and_no_broken_phrase(flavor: str) -> None:
    assert len(list_briefs()) == 60
    for brief in list_briefs():
        for line in list_prompts(brief, flavor):
            said = line.partition(": ")[2].partition(". ")[0]
            assert not REQUESTS.search(said) and not BROKEN.search(said), line
            assert sum(said.count(mark) for mark in '„“”"') in (0, 2), line
            assert not SENSELESS.search(said), line
            assert not any(NO_LOOK.search(look) for look in LOOK.findall(line)), line
