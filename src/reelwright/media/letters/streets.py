"""Finds a street and its house number, in the order of its language: 88 High Street, Lindenstr. 12, ul. Długa 7."""

from __future__ import annotations

from typing import Final

import regex

_HOUSE_NUMBER: Final = (
    r"\p{Nd}{1,5}(?!\p{Nd})(?:\s?[a-z](?!\p{L}))?(?:\s?[/-]\s?(?:\p{Nd}{1,4}[a-z]?|[a-z])(?!\p{L}))?"
    r"(?![:.,]\p{Nd}|\s?[%€$£₺₴₽])"
)
_NUMBER: Final = r"(?&number)"
"""A house number, whose pattern is written, and compiled, once."""
_NO_STREET: Final = r"(?!(?:on|the|in|for|of|at|by|per|and|to|days?|years?|weeks?|months?|hours?|hrs?|min\w*|people) )"
_STREETS: Final = (
    # number first: 88 High Street, 12 bis rue des Lilas
    r"(?<![\p{L}\p{Nd}.,:/-])\p{Nd}{1,5}[a-z]?,? (?:"
    + _NO_STREET
    + r"(?:\p{L}{1,2}\.|\p{L}[\p{L}\p{M}'’-]{0,30}+) ){1,3}?"
    r"(?:street|st|road|rd|lane|ln|avenue|ave|drive|close|square|sq|court|ct|terrace|crescent|parade|quay|boulevard|"
    r"drv|dr|grove|gardens|row|blvd|mews|embankment)(?!\p{L})",
    r"(?<![\p{L}\p{Nd}.,:/-])\p{Nd}{1,4}(?: ?(?:bis|ter))?,? "
    r"(?:rue|avenue|av\.?|boulevard|bd\.?|chemin|quai|impasse|allée|place|route)"
    r"(?: (?:de|des|du|la|le|les|l['’]|d['’]|saint|\p{Lu})[\p{L}\p{M}'’-]{0,30}+){1,5}",
    # the kind at the end of the word: Lindenstr. 12, Hoofdstraat 4
    r"(?<![\p{L}\p{M}.-])[\p{L}\p{M}-]{0,40}"
    r"(?:str\.?|straße|strasse|gasse|weg|platz|allee|ufer|damm|straat|laan|plein|gracht|kade|gatan|gata|vägen|stigen|torget)\s?"
    + _NUMBER,
    # the kind first: ul. Długa 7, c/ Mayor 4, Via Roma 3/b, ул. Ленина 14
    r"(?<![\p{L}\p{Nd}])(?:c/|calle|avda\.?|avenida|av\.|plaza|paseo|rua|r\.|travessa|rue|via|viale|(?<!in )corso|"
    r"piazza|ul\.?|ulica|al\.|os\.|ул\.?|улица|вул\.?|вулиця|бул\.?|пр\.|просп\.?|пл\.|наб\.|str\.|strada|bd\.|bulevardul|calea|"
    r"piața|đường|số)(?:(?<=[./])|(?!\p{L})) ?(?:\p{Nd}{1,2} (?=d[aeio]))?(?:\p{L}[\p{L}\p{M}'’.-]{0,30}+ ?){1,4}?,? ?"
    r"(?:no?\.?[º°]?:? ?|nr\.? ?|д\. ?|буд\. ?)?" + _NUMBER,
    # Atatürk Cad. No:12, شارع النيل ١٢, רחוב הרצל 5
    r"(?<![\p{L}\p{M}.-])(?:\p{L}[\p{L}\p{M}.-]{0,30}+ ){1,3}?"
    r"(?:cad|sok|caddesi|sokak|sokağı|bulvarı|blv)\.?(?: no:?)? ?" + _NUMBER,
    r"(?:شارع|ش\.) (?:\p{L}+ ){1,3}?" + _NUMBER,
    r"(?:רחוב|רח['׳]) (?:\p{L}[\p{L}\"״']{0,30}+ ){1,3}?" + _NUMBER,
)
STREET: Final = regex.compile(
    rf"(?(DEFINE)(?P<number>{_HOUSE_NUMBER}))(?:" + "|".join(f"(?:{one})" for one in _STREETS) + ")", regex.I
)
"""A street and the number of a house in it, in the order of its language."""
_WORD: Final = r"\p{Lu}[\p{L}\p{M}.'’-]*"
_BEFORE: Final = regex.compile(rf"(?:{_WORD}\s){{0,3}}")
_TOWN: Final = regex.compile(
    rf"(?:(?:\s?[,·|]|\sin)\s?(?:\p{{Nd}}{{4,6}}\s)?{_WORD}(?:\s{_WORD}){{0,2}}"
    rf"(?:,?\s\p{{Lu}}{{1,2}}\p{{Nd}}{{1,2}}\p{{Lu}}?\s\p{{Nd}}\p{{Lu}}{{2}})?|\s{_WORD})?\.?"
)


def is_street_line(text: str) -> bool:
    """Return whether a line is a street with the number of a house, and nothing else but its town."""
    found = STREET.search(text)
    if not found:
        return False
    before = text[: found.start()].lstrip()
    is_begin = not before or (found[0][0].isalpha() and _BEFORE.fullmatch(before) is not None)
    return is_begin and _TOWN.fullmatch(text[found.end() :].rstrip()) is not None
