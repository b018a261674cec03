"""Words for every beat, in several scripts and lengths, that the animatic's layout must bear."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.media.staging.shot_request import ShotRequest, read_shot_request

Words = Mapping[str, Mapping[str, str]]
SIZES = {"9:16": (1080, 1920), "16:9": (1920, 1080), "1:1": (1080, 1080), "4:5": (1080, 1350)}
SMALL = {"9:16": (270, 480), "16:9": (480, 270), "1:1": (270, 270), "4:5": (270, 338)}
"""Frames in which a picture costs a sixteenth. A layout is measured in parts of its frame, as the lints are."""

LATIN: Words = {
    "cold_open": {},
    "hook": {"line": "Your|knees|keep score"},
    "problem": {"line": "Every step lands hard"},
    "agitate": {"line": "Again and again"},
    "reveal": {"name": "Strida One", "kicker": "New — April 2026", "descriptor": "38% softer landing. 214 grams."},
    "demo": {"line": "Made for the long way", "steps": "Lace up once|Land softer|Run home"},
    "benefit": {"line": "Run further. Hurt less."},
    "proof": {
        "number": "38",
        "prefix": "−",
        "unit": "%",
        "label": "Impact per step",
        "a": "Your old pair",
        "b": "Strida One",
        "ratio_milli": "620",
        "source": "Pressure-plate test, 42 runners, Ghent 2026",
    },
    "transformation": {"before": "Sore by five", "after": "Fresh at ten"},
    "testimonial": {
        "quote": "I stopped counting the kilometres and started looking around.",
        "who": "Marta Nowak",
        "role": "Runs in Ghent",
    },
    "offer": {"deal": "20% off this week", "code": "RUN20", "terms": "Until 30 November 2026. One pair per person."},
    "urgency": {"line": "Ends 30 November"},
    "brand": {"line": "Keep the street light on your feet", "name": "Strida"},
    "cta": {"line": "Run 30 days. Keep or return.", "url": "strida.run"},
    "end_card": {"name": "Strida", "url": "strida.run", "legal": "Free returns in the EU. © Strida 2026"},
}
LONG: Words = {
    "cold_open": {},
    "hook": {"line": "Every morning you lose the same forty minutes before work even starts"},
    "problem": {"line": "Everything you brewed this morning is already cold again"},
    "agitate": {"line": "And the same thing happens every single day"},
    "reveal": {
        "name": "Thermoregulationsbecher Professional",
        "kicker": "Introducing the new edition of 2026",
        "descriptor": "Keeps everything you drink at exactly the right temperature for eight hours.",
    },
    "demo": {
        "line": "It takes three very simple steps to begin",
        "steps": "Press the lid once to wake it|Choose your favourite temperature|Forget about it|Charge it overnight",
    },
    "benefit": {"line": "Hot to the last sip no matter how long the meeting was"},
    "proof": {
        "number": "1,284.5",
        "prefix": "+",
        "unit": "hours",
        "label": "Measured independently over a year",
        "a": "Conventional vacuum flask",
        "b": "VoltCup Professional",
        "ratio_milli": "180",
        "source": "Independent laboratory test with 420 participants, Stuttgart, September 2026",
    },
    "transformation": {"before": "Cold coffee in every single meeting", "after": "Hot until the very last drop"},
    "testimonial": {
        "quote": "I honestly did not believe that a cup could change the way my mornings feel, but here we are.",
        "who": "Maximiliane Oberhuber-Schmidt",
        "role": "Head of Operations, Stuttgart",
    },
    "offer": {
        "deal": "Thirty percent off everything this weekend",
        "code": "WELCOMEBACK2026",
        "terms": "Valid until 30 November 2026 in all participating shops. One per person, while stocks last.",
    },
    "urgency": {"line": "Only available until Wednesday 30 September"},
    "brand": {"line": "Made for people who never sit down for breakfast", "name": "Thermoregulation Works"},
    "cta": {"line": "Order yours today and drink it hot tomorrow", "url": "www.voltcup-professional.example/begin"},
    "end_card": {
        "name": "VoltCup Professional",
        "url": "www.voltcup-professional.example",
        "legal": "Free returns within the EU for thirty days. © VoltCup Professional GmbH 2026",
        "line": "Hot to the last sip, every time",
    },
}
SHORT: Words = {
    "cold_open": {},
    "hook": {"line": "Go."},
    "problem": {"line": "Ow"},
    "agitate": {"line": "Again"},
    "reveal": {"name": "Ox"},
    "demo": {"line": "Tap"},
    "benefit": {"line": "Done"},
    "proof": {"number": "7"},
    "transformation": {"line": "No. Yes."},
    "testimonial": {"quote": "Wow.", "who": "Al"},
    "offer": {"deal": "−5%"},
    "urgency": {"line": "Today"},
    "brand": {"line": "Be"},
    "cta": {"line": "Go"},
    "end_card": {"name": "Ox"},
}
BULGARIAN: Words = {
    "cold_open": {},
    "hook": {"line": "Топли в седем"},
    "problem": {"line": "Кафето пак изстина"},
    "agitate": {"line": "Всяка сутрин"},
    "reveal": {"name": "ВолтКъп", "kicker": "Ново", "descriptor": "Топло до последната глътка."},
    "demo": {"line": "Как работи", "steps": "Натисни капака|Избери градусите|Забрави"},
    "benefit": {"line": "Горещо до последната глътка"},
    "proof": {"number": "8", "unit": "часа", "label": "Държи топлината", "source": "Изпитване, София 2026"},
    "transformation": {"before": "Студено", "after": "Топло"},
    "testimonial": {"quote": "Вече не бързам с кафето.", "who": "Мария"},
    "offer": {"deal": "20% отстъпка", "terms": "До 30 ноември"},
    "urgency": {"line": "До 30 ноември"},
    "brand": {"line": "За хора в движение", "name": "ВолтКъп"},
    "cta": {"line": "Поръчай сега", "url": "voltcup.bg"},
    "end_card": {"name": "ВолтКъп", "url": "voltcup.bg"},
}
ARABIC: Words = {
    "cold_open": {},
    "hook": {"line": "ركبتاك تعدّان كل خطوة"},
    "problem": {"line": "كل خطوة تؤلم"},
    "agitate": {"line": "مرة بعد مرة"},
    "reveal": {"name": "ستريدا", "kicker": "جديد", "descriptor": "هبوط أنعم بنسبة ٣٨٪"},
    "demo": {"line": "كيف تعمل", "steps": "اربط مرة|اهبط بلطف|عد إلى البيت"},
    "benefit": {"line": "اركض أبعد"},
    "proof": {
        "number": "38",
        "prefix": "-",
        "unit": "%",
        "label": "الأثر لكل خطوة",
        "a": "القديم",
        "b": "ستريدا",
        "ratio_milli": "620",
        "source": "اختبار، ٤٢ عداءً",
    },
    "transformation": {"before": "متعب", "after": "منتعش"},
    "testimonial": {"quote": "توقفت عن عدّ الكيلومترات.", "who": "ليلى", "role": "عداءة"},
    "offer": {"deal": "خصم ٢٠٪", "code": "RUN20", "terms": "حتى ٣٠ نوفمبر"},
    "urgency": {"line": "ينتهي ٣٠ نوفمبر"},
    "brand": {"line": "الشارع خفيف تحت قدميك", "name": "ستريدا"},
    "cta": {"line": "جرّبها ثلاثين يوماً", "url": "strida.run"},
    "end_card": {"name": "ستريدا", "url": "strida.run", "legal": "إرجاع مجاني"},
}
JAPANESE: Words = {
    "cold_open": {},
    "hook": {"line": "七時でもあたたかい"},
    "problem": {"line": "またコーヒーが冷めた"},
    "agitate": {"line": "毎朝、毎朝"},
    "reveal": {"name": "ボルトカップ", "kicker": "新登場", "descriptor": "八時間あたたかさが続く。"},
    "demo": {"line": "使い方", "steps": "ふたを押す|温度を選ぶ|忘れる"},
    "benefit": {"line": "最後のひとくちまで、あつい。"},
    "proof": {"number": "8", "unit": "時間", "label": "保温", "source": "自社試験 2026年"},
    "transformation": {"before": "冷たい朝", "after": "あつい朝"},
    "testimonial": {"quote": "毎朝の電車が好きになりました。", "who": "佐藤 美咲", "role": "会社員"},
    "offer": {"deal": "20%オフ", "code": "HOT20", "terms": "11月30日まで"},
    "urgency": {"line": "11月30日まで"},
    "brand": {"line": "動き続ける人のために", "name": "ボルトカップ"},
    "cta": {"line": "今すぐ注文", "url": "voltcup.jp"},
    "end_card": {"name": "ボルトカップ", "url": "voltcup.jp"},
}

SETS: dict[str, tuple[Words, str]] = {
    "latin": (LATIN, "en"),
    "long": (LONG, "en"),
    "short": (SHORT, "en"),
    "bulgarian": (BULGARIAN, "bg"),
    "arabic": (ARABIC, "ar"),
    "japanese": (JAPANESE, "ja"),
}


def asked(beat: str, words: Mapping[str, str], size: tuple[int, int] = (180, 320), **more: object) -> ShotRequest:
    """A shot of 75 frames with a hit every 14; ``more`` overrides."""
    given = {"staging": beat, "words": dict(words), "size": list(size), "frames": 75, "hits": [0, 14, 28, 42, 56]}
    return read_shot_request({**given, **more})
