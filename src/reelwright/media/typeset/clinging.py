"""Short words that must not stand last on a line, by language: data for breaking lines."""

from __future__ import annotations

from typing import Final

ARTICLES: Final = {
    "en": "a an the my your his her its our their this that these those no not don't can't won't i'm",
    "de": "der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser euer kein keine nicht",
    "fr": "le la les un une des du au aux mon ton son ma ta sa mes tes ses nos vos ne pas ce cette ces",
    "es": "el la los las un una unos unas mi tu su mis tus sus no al del",
    "it": "il lo la i gli le un uno una mio tuo suo non del della dei delle al alla nel nella",
    "pt": "o a os as um uma uns umas meu teu seu minha tua sua não do da dos das ao no na nos nas",
    "nl": "de het een mijn jouw zijn haar ons geen niet",
    "el": "ο η το οι τα τον την του της των τους τις ένας μια ένα δεν μη σε με",
    "bg": "не ще да се си ги го я им ми ти му",
    "ru": "не ни бы же",
    "tr": "bir bu şu o",
    "pl": "nie się",
    "ar": "يا لا لم لن ما قد",
    "he": "לא את זה",
    "hi": "एक यह वह न",
}
"""Words that belong to the word after them."""

COPULAS: Final = {
    "en": "is are was were be am",
    "de": "ist sind war bin",
    "fr": "est sont",
    "es": "es son",
    "it": "è sono",
    "pt": "é são",
    "nl": "is zijn",
}
"""Words that may end a line where the line would be much shorter without them: "We are | hiring"."""

ABBREVIATIONS: Final = {
    "": "st. ste. dr. dra. mr. mrs. ms. mx. prof. mt. sr. sra. srta. mme. sig. dott. nr. núm. ca. ул. д-р. проф. vs. "
    "mio. mrd. mln. mld. tys. tis. млн. млрд. хил. тыс."
}
"""Words of any language that belong to the word after them: their full stop ends no sentence."""

NEGATIONS: Final = {
    "en": "no not never without",
    "de": "kein keine keinen keinem keiner nicht nie niemals ohne",
    "fr": "pas sans ni jamais aucun aucune",
    "es": "sin nunca jamás ningún ninguna",
    "it": "non senza mai nessun nessuna",
    "pt": "não sem",
    "nl": "geen niet nooit zonder",
    "el": "δεν χωρίς",
    "bg": "не без няма никога",
    "ru": "нет ни",
    "uk": "ні ніколи",
    "pl": "bez brak",
    "ro": "nu fără",
    "sv": "inte ingen utan",
    "da": "ikke uden",
    "tr": "değil yok",
    "ar": "لا بدون لن ليس",
    "he": "לא בלי אין",
    "hi": "नहीं बिना",
}
"""Words that say that something is not."""

PREPOSITIONS: Final = {
    "en": "of to in on at by for per with without from into until since before after over under about as than if when",
    "de": "in im an am ab auf aus bei bis mit nach ohne seit von vom zu zum zur für über unter vor wie als wenn weil",
    "fr": "de à en dans par pour sur sous avec sans chez vers que qui si",
    "es": "de a en por para con sin sobre que si",
    "it": "di a da in con su per tra fra che se",
    "pt": "de a em por para com sem sobre que se",
    "nl": "van te in op aan bij met naar voor uit om als dat",
    "el": "για από προς χωρίς που πως αν",
    "bg": "в във на с със за от до по при без към над под пред през като че ако",
    "ru": "в во на с со за от до по при без к ко над под перед через как что если о об у из",
    "tr": "için ile gibi",
    "pl": "w we na z ze za od do po przy bez o u dla że",
    "ar": "في من على إلى عن مع أن إن حتى بين تحت فوق قبل بعد عند بدون كل",
    "he": "של על עם אל מן כי אם",
    "hi": "",
}
"""Words that open a phrase."""

CONJUNCTIONS: Final = {
    "en": "and or but nor so yet because while when before",
    "de": "und oder aber sondern denn weil wenn dass während sobald damit bevor",
    "fr": "et ou mais donc car que qui quand lorsque puisque",
    "es": "y e o u pero sino que mientras cuando porque aunque",
    "it": "e o ma però che mentre quando perché",
    "pt": "e ou mas que enquanto quando porque",
    "nl": "en of maar want dat terwijl omdat",
    "el": "και ή αλλά που ενώ όταν γιατί",
    "bg": "и или но а че защото докато когато щом",
    "ru": "и или но а что потому пока когда чтобы",
    "tr": "ve veya ama",
    "pl": "i lub albo ale że gdy kiedy",
    "ar": "و أو لكن ثم بينما عندما",
    "he": "או אבל כאשר",
    "hi": "और या लेकिन जब",
}
"""Words before which a line breaks well."""
