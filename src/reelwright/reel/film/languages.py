"""Languages: which tags can be one, by the grammar of BCP 47 and the two-letter codes of ISO 639-1."""

from __future__ import annotations

import re
from typing import Final

ACCEPTED_LANGUAGE: Final = "a language as a BCP 47 tag, such as en, bg, ar, pt-BR or zh-Hant"
_TAG: Final = re.compile(
    r"(?P<code>[a-z]{2,3})(?i:-[a-z]{4})?(?i:-(?:[a-z]{2}|\d{3}))?(?i:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*"
    r"(?i:-x(?:-[a-z0-9]{1,8})+)?",
    re.ASCII,
)
"""Language, script, region, variants and private subtags. Source: RFC 5646, section 2.1, without its extensions."""
_LISTED: Final = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
    "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io "
    "is it iu iw ja ji jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml "
    "mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd "
    "se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
    "vo wa wo xh yi yo za zh zu"
)
"""ISO 639-1, with the codes that it replaced (``iw`` …). Three-letter codes are too many for a list."""
_CODES: Final = frozenset(_LISTED.split())


def is_language_tag(text: str) -> bool:
    """Whether the text can be the tag of a language: well formed, and a two-letter code is one that exists."""
    found = _TAG.fullmatch(text)
    return found is not None and (len(found["code"]) == 3 or found["code"] in _CODES)
