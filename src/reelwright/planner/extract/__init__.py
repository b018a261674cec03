"""What was understood of a brief: every field with its value, how sure we are, and where it was read."""

from __future__ import annotations

from typing import Any

from reelwright.planner.extract.audience import audience_of
from reelwright.planner.extract.barred import barred_of
from reelwright.planner.extract.call import call_of, handle_of, phone_of, url_of
from reelwright.planner.extract.clauses import content_of
from reelwright.planner.extract.kind import category_of, kind_of
from reelwright.planner.extract.language import language_of
from reelwright.planner.extract.length import length_of
from reelwright.planner.extract.name import Names, names_of
from reelwright.planner.extract.place import aspect_of, platform_of
from reelwright.planner.extract.proof import Offer, Proof, deadline_of, offer_of, proofs_of, source_of
from reelwright.planner.extract.quote import Quote, quote_of
from reelwright.planner.extract.seen import Found, Seen, plain
from reelwright.planner.extract.tone import tone_of, tone_words
from reelwright.planner.extract.worth import benefits_of, features_of, pains_of
from reelwright.reel.noun import noun


@noun
class Understood:
    """All that the brief's words say. None or empty: it does not say it, and nobody makes it up."""

    language: Found
    length_ms: Found | None = None
    platform: Found | None = None
    aspect: Found | None = None
    product: Found | None = None
    brand: Found | None = None
    kind: Found | None = None
    category: Found | None = None
    audience: Found | None = None
    benefits: tuple[Found, ...] = ()
    pains: tuple[Found, ...] = ()
    features: tuple[Found, ...] = ()
    proofs: tuple[Proof, ...] = ()
    source: Found | None = None
    offer: Offer | None = None
    deadline: Found | None = None
    cta: Found | None = None
    url: Found | None = None
    handle: Found | None = None
    phone: Found | None = None
    tone: Found | None = None
    quote: Quote | None = None
    mustnot: tuple[Found, ...] = ()
    accent: Found | None = None
    content: tuple[Found, ...] = ()

    @property
    def name(self) -> str:
        """What the film calls its subject; empty where the brief has no name."""
        return (self.product or self.brand or _NOBODY).text

    def shown(self) -> dict[str, Any]:
        """Plain values for people and machines: field to ``{"value", "confidence", "span"}``, or None."""
        quote, offer = self.quote, self.offer
        fields: dict[str, Found | tuple[Found, ...] | None] = {
            "language": self.language, "length_ms": self.length_ms, "platform": self.platform, "aspect": self.aspect,
            "product": self.product, "brand": self.brand, "kind": self.kind, "category": self.category,
            "audience": self.audience, "benefits": self.benefits, "pain": self.pains, "features": self.features,
            "proof": tuple(proof.found for proof in self.proofs), "source": self.source,
            "offer": offer.deal if offer else None, "code": offer.code if offer else None,
            "deadline": self.deadline, "cta": self.cta, "url": self.url, "handle": self.handle, "phone": self.phone,
            "tone": self.tone, "quote": quote.said if quote else None, "mustnot": self.mustnot, "accent": self.accent,
        }  # fmt: skip
        made = {field: plain(found) for field, found in fields.items()}
        if quote and (entry := made["quote"]):
            entry["who"], entry["role"] = quote.who, quote.role
        return made


_NOBODY = Found(value="", confidence=0)


def understand(text: str, language: str | None = None, aspect_given: str | None = None) -> Understood:
    """Read a brief. Pure; never raises on text. ``language`` given holds over what the text looks like."""
    import regex

    seen = Seen(text)
    spoken = Found(value=language, confidence=100) if language else language_of(seen)
    code = str(spoken.value)
    length, aspect, names = length_of(seen), aspect_of(seen), names_of(seen, code)
    kind = kind_of(seen, names, code.split("-")[0])
    category = category_of(seen, kind)
    platform = platform_of(seen)
    barred = barred_of(seen)
    accent = regex.search(r"#[0-9a-fA-F]{6}\b", seen.text)
    return Understood(
        language=spoken,
        length_ms=length,
        platform=platform[0] if platform else None,
        aspect=aspect,
        product=names.product,
        brand=names.brand,
        kind=kind,
        category=category,
        audience=audience_of(seen),
        benefits=_wanted(benefits_of(seen, _words(names)), barred),
        pains=_wanted(pains_of(seen), barred),
        features=_wanted(features_of(seen), barred),
        proofs=proofs_of(seen, length),
        source=source_of(seen),
        offer=offer_of(seen),
        deadline=deadline_of(seen),
        cta=call_of(seen, code),
        url=url_of(seen),
        handle=handle_of(seen),
        phone=phone_of(seen),
        tone=tone_of(seen, code, category, aspect_given or (str(aspect.value) if aspect else None), length),
        quote=quote_of(seen),
        mustnot=barred,
        accent=seen.found(accent.span(), 90, accent[0].upper()) if accent else None,
        content=_wanted(content_of(seen, frozenset(tone_words(code))), barred),
    )


def _words(names: Names) -> frozenset[str]:
    """The words of which the subject's name is made."""
    return frozenset(word for found in (names.product, names.brand) if found for word in found.text.split())


def _wanted(found: tuple[Found, ...], barred: tuple[Found, ...]) -> tuple[Found, ...]:
    """What does not stand inside something the person does not want."""
    spans = [one.span for one in barred if one.span]
    return tuple(
        one for one in found if one.span and not any(s.start < one.span.end and one.span.start < s.end for s in spans)
    )
