"""What a video model is asked for: the film's subject, what happens by beat, the brief's place, light and manner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from reelwright.documents.read import read_script
from reelwright.documents.script import Picture
from reelwright.planner.certain.values import CertainFacts, PicturePart, Piece, SubjectName, UnusedPart
from reelwright.planner.prompts import choose_action
from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import plan
from reelwright.planner.screens.actions import OF_THE_PLACE, add_actions, list_subjects
from reelwright.planner.screens.beat_takes import MAX_TAKE_S, divide_film
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.planner.screens.name_cards import choose_name
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.request_words import extend_subject, find_phrase_start, find_whole_name
from reelwright.planner.screens.subject_phrase import cut_undrawable, write_description, write_subject
from reelwright.planner.subject_kind import describe_people, find_kind, find_phrases, find_trade, name_in_english
from reelwright.planner.tables import (
    load_beat_pictures,
    load_beats,
    load_emblem_words,
    load_subjects,
    load_things,
    load_trades,
)
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Shot
from reelwright.reel.graph.request import Request

KINDS = [kind for kind in load_subjects() if kind not in ("hour", "owner")]
VEO = "openrouter-veo-3.1-fast"


def list_prompts(text: str) -> list[str]:
    made = plan(Brief(text=text, models=(VEO,))).plan
    return [shot.source.prompt for shot in made.shots if isinstance(shot.source, Request) and shot.source.model == VEO]


def test_the_instruction_is_in_no_prompt_and_the_subject_in_each() -> None:
    for prompt in (prompts := list_prompts("Create a 30-second Nike sneaker ad, energetic style")):
        assert "a nike sneaker" in prompt.casefold()
        assert not regex.search(r"create|30|a second|\bad\b|energetic style", prompt, regex.I), prompt
    assert len({prompt.split(". ")[0] for prompt in prompts}) == len(prompts) == 4, "each shot shows something else"


@pytest.mark.parametrize(("text", "language", "phrase"), [
    ("A bike light shines through fog", "en", "the moment when a bike light shines through fog"),
    ("bike light in the rain", "en", "a bike light in the rain"),
    ("hands kneading dough", "en", "hands kneading dough"),
    ("Two forklifts waltz in an empty warehouse", "en", "the moment when two forklifts waltz in an empty warehouse"),
    ("a woman in red shoes on a roof", "en", "a woman in red shoes on a roof"), ("MOT test", "en", "an MOT test"),
    ("why do cats knock things off shelves?", "en", "cats that knock things off shelves"),
    ("why do whales sing", "pt", "whales that sing"),
    ("We make software that schedules nurses", "en", "software that schedules nurses"),
    ("Produce a half-minute luxury watch commercial", "en", "a luxury watch"),
    ("Please make us a 30s video about a dog in Rome", "en", "a dog in Rome"),
    ("为我们的智能手表制作", "zh", "智能手表"), ("اصنع إعلانًا مدته 30 ثانية لعطر العود", "ar", "عطر العود"),
    ("an old lighthouse keeper says goodbye to the sea", "en",
     "the moment when an old lighthouse keeper says goodbye to the sea"),
    ("a tired office worker finds a garden", "en", "the moment when a tired office worker finds a garden"),
    ("a summer sales event", "en", "a summer sales event"),
    ("a new water heater by Thermix", "en", "a new water heater by Thermix"),
    ("noir detective cat follows a trail", "en", "the moment when a noir detective cat follows a trail"),
    ("yoga studio \"Still Water\" in Leeds", "en", "the yoga studio \"Still Water\" in Leeds"),
    ("waterproof, tested for", "en", "waterproof, tested"), ("used car dealership", "en", "a used car dealership"),
    ("wedding photography by Ana", "en", "wedding photography by Ana"), ("Kanne „Brüh", "de", "Kanne Brüh"),
    ("hedgehog who drives the night bus", "en", "a hedgehog who drives the night bus"),
    ("espresso pour", "en", "an espresso pour"), ("unicorn", "en", "a unicorn"),
    ("running shoes", "en", "running shoes"),
    ("getting married", "en", "getting married"),
    ("city built entirely from books", "en", "a city built entirely from books"),
    ("robin knitting a scarf", "en", "a robin knitting a scarf"), ("tiny trains running", "en", "tiny trains running"),
    ("two milk floats in a car chase", "en", "two milk floats in a car chase"),
    ("Nike sneaker", "en", "a Nike sneaker"), ("Harvest Festival", "en", "Harvest Festival"), ("", "en", ""),
    ("Ein Igel, der im Laub sucht", "de", "one scene: ein Igel, der im Laub sucht"),
    ("o kursie tańca dla seniorów", "pl", "one scene: kursie tańca dla seniorów"),
    ("самотен чорап", "bg", "самотен чорап"), ("们的儿童编程课", "zh", "儿童编程课"),
    ("京都の小さな旅館の15秒の動画を作って", "ja", "one scene: 京都の小さな旅館"),
    ("أريد فيديو قصير لمطعم سمك في الإسكندرية", "ar", "one scene: مطعم سمك في الإسكندرية"),
])  # fmt: skip
def test_what_a_brief_tells_follows_close_up_of(text: str, language: str, phrase: str) -> None:
    assert write_subject(text, language, is_told=True) == phrase
    assert write_subject(phrase, language, is_told=False) in (phrase, phrase.removeprefix("one scene: "))


@pytest.mark.parametrize(("text", "size", "phrase"), [
    ("A bike light shines in the rain", "", "the moment when a bike light shines in the rain"),
    ("Wide shot of a street at night", "WS", "a street at night"),
    ("Close-up: hands kneading dough", "CU", "hands kneading dough"), ("close-up", "", "a close-up"),
])  # fmt: skip
def test_a_description_that_says_its_size_is_framed_once(text: str, size: str, phrase: str) -> None:
    assert write_description(text, "en") == (size, phrase)


MARKED: Final = (
    # language, a brief with its marks, what each first sentence has, what none of them has
    ("en", "hiya can u do me a reel for [name|Tipsy Talons] im [descriptor|a mobile nail tech], xx",
     "of Tipsy Talons, a mobile nail tech,", "reel|hiya|xx"),
    ("en", "Miss Anne [name|Miss Anne Thrope] presents [descriptor|BOTTOMLESS BRUNCH & BINGO] [number|18+]",
     "of Miss Anne Thrope, bottomless brunch & bingo,", "BRUNCH|presents|18"),
    ("en", "[descriptor|Pram for sale] [name|Nimbo Strider 3] navy, used twice, just a quick vid ta",
     "of Nimbo Strider 3, a pram for sale,", "vid|Pram"),
    ("en", "[name|Mama Tolu] [descriptor|we do party jollof, ofada and small chops] abeg",
     "of Mama Tolu, party jollof, ofada and small chops,", "we do|abeg"),
    ("en", "[name|Brightbox Meals] [descriptor|sent 600 customers the wrong boxes]", "of Brightbox Meals,", "600|sent"),
    ("en", "[name|Nutley Motors]. MOT £40. There is one about the shower.", "of the people around Nutley Motors,",
     r"shower|£"),
    ("en", "[name|Juno], our [descriptor|bicycle bell]. A rider in a linen apron leans into the rain.",
     "of Juno, a bicycle bell,", r"\bour\b"),
    ("en", "[name|VW] [descriptor|camper] van, [number|98,000 miles]", "of a VW camper van,", r"VW,|\bmiles\b"),
    ("en", "film for my [descriptor|mobile dog grooming] van", "of a mobile dog grooming van,", "film"),
    ("en", "for [descriptor|night-shift nurses] at [name|Addenbrooke's]: fun",
     "of night-shift nurses in [a-z ]+ at Addenbrooke's,", "fun"),
    ("en", "hi, i run a small plumbing company in [place|Hull] ([name|Dawson])",
     "of an? (?:wo)?man of about [a-z]+ in [a-z ]+ from Dawson, a small plumbing company in Hull,", r"\bi\b|run"),
    ("en", "[descriptor|We just opened a gym] called [name|Grip]", "of people in Grip, a gym", r"\bwe\b|opened"),
    ("en", "ad for [subject|an accountant who actually picks] up the phone", "who actually picks up the phone", "ad f"),
    ("en", "Our river is dying. [date|volunteer day 14 September]", "of a river,", "volunteer|14"),
    ("en", "[descriptor|ice cream truck] at [place|the beach]", "of an ice cream truck at the beach,", "beach.*beach"),
    ("en", "[descriptor|bike shop], [place|12 High Street]", "of a bike shop,", "12|High"),
    ("it", "per [descriptor|il nostro agriturismo] [place|in Umbria]", "of agriturismo in Umbria,", "nostro"),
    ("es", "para mi [descriptor|taquería] [name|El Güero]", "of a restaurant, El Güero,", r"\bmi\b"),
    ("en", "[fact|Fresh bread every day] from [date|Monday]", "of fresh bread,", "Monday"),
    ("en", "[name|Casa Lourdes], [descriptor|I have small restaurant in Valencia for tourists]",
     "of Casa Lourdes, a small restaurant in Valencia for tourists,", r"\bI\b"),
    ("en", "[name|Pod Lipa], [descriptor|we bake bread since 1956]", "of bread from Pod Lipa,", "we|1956"),
    ("en", "how to [descriptor|reset your Nordhaven boiler]", "of a Nordhaven boiler,", "reset"),
    ("en", "[descriptor|PTA SUMMER FAIR] [fact|all welcome] [name|Hill School]", "of a pta summer fair at Hill", "PTA"),
    ("en", "[name|Tagpea], [fact|the $19 tracker with a 2-year battery]", "of a tracker,", "19|battery"),
    ("en", "[name|Ledgerly]. [fact|now in version 4.2]", "of the people around Ledgerly,", "4"),
    ("fr", "Je suis ostéopathe. [descriptor|je me déplace chez vous]. [name|Anne Roy]", "of Anne Roy, ostéopathe,",
     "je me"),
    ("es", "para la zapatería [name|Pasos]", "of a shoe shop, Pasos,", "para"),
    ("pt", "[name|Cursinho Popular], aulas. [setting|conta a Jéssica]", "of people in Cursinho Popular,", "conta"),
    ("en", "ad for [descriptor|a mountain bike rental]", "in [a-z ]+ from a mountain bike rental,", "busy with"),
    ("en", "ad for [descriptor|boat rental]", "in [a-z ]+ from a boat rental,", "who does"),
    ("en", "make something cool", "who does everyday things,", "Make"),
    ("en", "[subject|A penguin drives an ice cream van] and then [subject|the van melts], [setting|in egypt]",
     "the moment when (?:a penguin drives an ice cream van|the van melts) in egypt,", "and then"),
    ("de", "[name|Frieda], [descriptor|eine zwölf Jahre alte Katze]. Sie ist ruhig.",
     "of Frieda, eine zwölf Jahre alte Katze,",
     "ruhig|one scene|succeeding"),
    ("de", "ab [date|Montag] [descriptor|unsere Kürbiskernstangen]", "of Kürbiskernstangen,", "unsere|Montag"),
    ("pt", "[subject|Duas irmãs dançam] [setting|num telhado], [light|fim de tarde]",
     "of one scene: Duas irmãs dançam num telhado – ", "fim"),
    ("it", "[descriptor|Vendo pianoforte verticale], geometra dice agosto",
     "of pianoforte verticale,", "Vendo|geometra"),
    ("es", "es el cumple de [name|Maripaz], viernes 9 que noooo", "of the people around Maripaz,", "noooo|cumple"),
    ("zh", "[subject|一只熊猫在太空站里煮火锅]，[style|皮克斯风格]",
     "of one scene: 一只熊猫在太空站里煮火锅 – ", "皮克斯"),
)  # fmt: skip
ROLES: Final = ("hook", "problem", "reveal", "demo", "demo", "demo", "benefit", "benefit", "brand", "brand", "cta")


def read_marked(marked: str, language: str) -> CertainFacts:
    """Read a brief whose marks stand in it, so that no reader of briefs is asked."""
    brief, pieces, pictures, name, ends = "", [], [], None, 0
    unused = []
    for found in regex.finditer(r"([^\[]*)(?:\[(\w+)\|([^\]]*)\])?", marked):
        told, kind, text = found.groups()
        unused += [
            UnusedPart(text=one.strip(), start=0, end=0) for one in regex.split(r"[.,] ?", told or "") if len(one) > 2
        ]
        brief += told or ""
        start, ends = len(brief), len(brief) + len(text or "")
        brief += text or ""
        if kind == "name":
            name = SubjectName(text=text, start=start, end=ends)
        elif kind in ("subject", "setting", "light", "style"):
            pictures.append(PicturePart(kind=kind, text=text, start=start, end=ends))
        elif kind:
            pieces.append(Piece(kind=kind, text=text, start=start, end=ends))
    return CertainFacts(
        brief=brief,
        language=language,
        name=name,
        pieces=tuple(pieces),
        pictures=tuple(pictures),
        unused_parts=tuple(unused),
    )


@pytest.mark.parametrize(("language", "marked", "has", "lacks"), MARKED)
def test_each_prompt_is_one_sentence_about_the_subject(language: str, marked: str, has: str, lacks: str) -> None:
    facts = read_marked(marked, language)
    blank = [
        ScriptPart(line=0, turn=0, role=role, key=str(n), markdown="", picture=Picture(description="x"))
        for n, role in enumerate(ROLES)
    ]
    sentences = [
        f"Close-up of {one.picture.description}{one.action}" for one in add_actions(blank, facts) if one.picture
    ]
    assert len(set(sentences)) == len(ROLES), "each shot shows something else"
    for text in sentences:
        assert regex.search(has, text), text
        assert not regex.search(lacks, text), text
        assert not regex.search(r"\b(\w{3,}) \1\b|, ,|::|\bof (?:A|An|The|Of) |\.|\bwith with\b|,$", text), text
        assert text.count(", ") < 6 and text.count(": ") < 2, text


def test_a_film_keeps_the_prompt_of_an_earlier_release_where_its_picture_is_the_same() -> None:
    text = "# Fenn\n\n![A bike light shines in the rain]()\n\n---\n\n![A bike light on a wall]()\n\nFor the way home.\n"
    script, options = read_script(text), FilmingOptions(
        brief=Brief(text="x", models=(VEO,)), name="script.md", title="Fenn", tone="neutral", language="en", files={}
    )  # fmt: skip
    new = plan_script(script, options).plan
    assert "shot of A" not in str(new.shots) and "up of A" not in str(new.shots)

    def spell_as_before(shot: Shot) -> Shot:
        return replace(shot, prompt=regex.sub(r"of (the moment when )?a bike", "of A bike", shot.prompt))

    earlier = replace(new, beats=tuple(
        replace(beat, shots=tuple(map(spell_as_before, beat.shots))) for beat in new.beats
    ))  # fmt: skip
    again = plan_script(script, options, earlier).plan
    assert (
        [shot.prompt for shot in again.shots]
        == [shot.prompt for shot in earlier.shots]
        != [s.prompt for s in new.shots]
    )
    changed = plan_script(read_script(text.replace("on a wall", "on a table")), options, earlier).plan
    assert [a.prompt == b.prompt for a, b in zip(changed.shots, earlier.shots, strict=True)].count(False) == 1


@pytest.mark.parametrize(("subject", "language", "kind"), [
    ("a lighthouse keeper who paints the storms", "en", "story"), ("a dog", "en", "animal"),
    ("an old man in Berlin", "en", "person"), ("Juno, a bicycle bell that plays a chord", "en", "thing"),
    ("unsere neue Bäckerei Kornblume", "de", "place"), ("notre application de recettes", "fr", "app"),
    ("the moment when an astronaut plants a tree", "en", "story"), ("a dog walking service", "en", "service"),
    ("the moment when a lamp glows in the dark", "en", "any"), ("a used car dealership", "en", "place"),
    ("a power bank that charges", "en", "device"), ("an honest insurance company", "en", "service"),
    ("one scene: un pulpo aprende a tocar el piano", "es", "story"), ("one scene: una bicicleta roja", "es", "vehicle"),
    ("eine Kaffeemaschine", "de", "thing"), ("one scene: 一只熊猫学骑自行车", "zh", "story"),
    ("小狗学滑冰", "zh", "story"), ("a mobile dog grooming van", "en", "vehicle"), ("a night market", "en", "outdoors"),
    ("wooden train sets", "en", "any"), ("mobile car valeting", "en", "trade"),
    ("a truck", "en", "vehicle"), ("fresh honey in jars", "en", "food"),
    ("a wine tasting", "en", "event"), ("a plumbing company", "en", "service"),
    ("le cours de poterie", "fr", "lesson"), ("one scene: une bijouterie parisienne", "fr", "place"),
    ("one scene: eine Großmutter, die Skateboard fährt", "de", "story"), ("das Straßenfest", "de", "event"),
    ("time travel", "en", "any"), ("", "en", "any"), ("a mobile car wash", "en", "trade"),
    ("boat trips to see puffins", "en", "outing"), ("a birdwatching club", "en", "club"),
    ("a vintage clothing pop-up", "en", "place"), ("a personal chef for dinner parties", "en", "person"),
    ("a cheap widget for dogs", "en", "any"), ("a neighbourhood watch meeting", "en", "event"),
    ("高齢者向けのスマホ教室", "ja", "lesson"), ("a cold brew subscription", "en", "drink"),
    ("the trail running shoe", "en", "worn"), ("傘を貸す小さな本屋", "ja", "place"),
    ("casco da bici", "it", "worn"), ("second hand furniture", "en", "large"), ("un vieux facteur", "fr", "person"),
])  # fmt: skip
def test_the_kind_of_a_subject_is_told_by_its_noun(subject: str, language: str, kind: str) -> None:
    assert find_kind(subject, language) == kind


@pytest.mark.parametrize(("text", "phrases"), [
    ("30% off all garden furniture at Greenacre this bank holiday", [("large", "garden furniture at Greenacre")]),
    ("its annual plant sale on Saturday", [("event", "annual plant sale")]), ("a dog that sleeps", []),
    ("I am conducting spoken English classes for homemakers", [("lesson", "spoken English classes for homemakers")]),
])  # fmt: skip
def test_a_phrase_whose_noun_is_known_is_found_in_a_text(text: str, phrases: list[tuple[str, str]]) -> None:
    assert find_phrases(text) == phrases


@pytest.mark.parametrize(("text", "drawable"), [
    ("a party at the Railway Club on the 9th of August", "a party at the Railway Club"),
    ("a small company with my brother", "a small company"),
    ("a power bank that charges in 12 minutes", "a power bank"),
    ("a shop in Castle Street", "a shop"), ("a street at night", "a street at night"),
])  # fmt: skip
def test_no_figure_date_street_or_writer_is_in_a_phrase(text: str, drawable: str) -> None:
    assert cut_undrawable(text) == drawable


@pytest.mark.parametrize(("brief", "subject", "end", "phrase"), [
    ("Ice hockey team wins at the last second", "Ice hockey team wins at the", 99, "wins at the last second"),
    ("a kid finds a boat and follows it to the sea, calm", "a kid finds a boat", 99, "boat and follows it to the sea"),
    ("a baker dusting flour over loaves. 15 s", "a baker dusting", 15, "a baker dusting flour over loaves"),
    ("a fox learns to skate and make it funny", "a fox learns to skate", 99, "learns to skate"),
    ("a fox learns to skate at night", "a fox learns to skate", 22, "learns to skate"),
    ("a cat at a wedding everybody laughs", "a cat at a wedding", 99, "a wedding"),
])  # fmt: skip
def test_a_subject_is_taken_as_far_as_its_phrase_goes_on(brief: str, subject: str, end: int, phrase: str) -> None:
    assert extend_subject(brief, 0, len(subject), min(end, len(brief))).endswith(phrase)


@pytest.mark.parametrize(("brief", "part", "language", "whole"), [
    ("Spot für ein Rad, das zwei Kinder trägt", "das zwei", "de", "ein Rad, das zwei Kinder trägt"),
    ("Ein Igel, der im Laub sucht", "Ein Igel", "de", "Ein Igel, der im Laub sucht"),
    ("أريد فيديو لمطعم سمك في الإسكندرية", "في الإسكندرية", "ar", "أريد فيديو لمطعم سمك في الإسكندرية"),
])  # fmt: skip
def test_a_clause_stands_with_the_noun_that_it_tells_of(brief: str, part: str, language: str, whole: str) -> None:
    assert brief[find_phrase_start(brief, brief.index(part), language) :] == whole


@pytest.mark.parametrize(("brief", "name", "whole"), [
    ("une huile d'olive de Provence", "d'olive de Provence", "huile d'olive de Provence"),
    ("Kaffeemaschine „Brüh“", "Kaffeemaschine „Brüh", "Kaffeemaschine Brüh"), ("für „Brüh“", "„Brüh“", "„Brüh“"),
    ("De Kas, brunch", "De Kas", "De Kas"),
])  # fmt: skip
def test_a_name_stands_with_both_its_marks_and_its_noun(brief: str, name: str, whole: str) -> None:
    assert find_whole_name(name, brief, brief.index(name)) == whole


def test_sizes_of_shots_are_no_subject_and_light_is_said_once() -> None:
    facts = read_marked("[subject|Close-ups], sizzling grill", "en")
    assert "Close-ups" not in list_subjects(facts)
    dusting = read_marked("[subject|a baker dusting] [light|flour over loaves]", "en")
    blank = ScriptPart(line=0, turn=0, role="hook", key="1", markdown="", picture=Picture(description="x"))
    (made,) = add_actions([blank], dusting)
    assert made.picture and regex.fullmatch(
        "a baker of about [a-z]+ in [a-z ]+ dusting flour over loaves", made.picture.description
    )
    assert made.light == OF_THE_PLACE


def test_every_beat_has_pictures_and_every_kind_ends_as_a_sentence() -> None:
    assert set(load_beat_pictures()) == {*load_beats(), "goes_on", "deeds", "cast", "stage"}
    for beat, by_kind in load_beat_pictures().items():
        if beat in ("cast", "stage", "deeds"):
            continue
        assert by_kind["any"] and set(by_kind) <= {*KINDS, "story", "any"}, beat
        for kind in (*KINDS, "story", "any"):
            for shows_people in (False, True):
                text = choose_action(beat, kind, 0, shows_people=shows_people)  # type: ignore[arg-type]  # a kind
                assert text == text.strip() and not regex.search(r"[.;:]|\b(\w+) \1\b", text), text
                assert shows_people or not regex.search(r"somebody|people|hand", text)


def test_a_shot_is_as_wide_as_what_is_seen_in_it() -> None:
    roles = ("cold_open", "hook", "reveal", "reveal", "demo", "demo", "benefit", "brand")

    def list_sizes(marked: str) -> list[tuple[str, str]]:
        blank = [
            ScriptPart(line=0, turn=0, role=role, key=str(n), markdown="", picture=Picture(description="x"))
            for n, role in enumerate(roles)
        ]
        return [(one.size, one.action) for one in add_actions(blank, read_marked(marked, "en"))]

    hotel, lamp = list_sizes("[descriptor|hotel]"), list_sizes("[descriptor|lamp]")
    assert {size for size, _ in hotel} <= {"EWS", "WS", "MWS", "MS", "MCU"}, "no macro of a hotel"
    assert hotel[2][0] != hotel[3][0] and lamp[0][0] == "ECU"
    assert all(size == "ECU" for size, act in (*hotel, *lamp) if "alone fill" in act)
    assert not {size for size, _ in list_sizes("[descriptor|honey]")} & {"EWS", "WS"}, "no speck on a far table"


def test_a_prompt_shows_how_the_brief_wants_the_pictures_to_look() -> None:
    vintage = "\n".join(list_prompts("ice cream truck at the beach, 80s vibe"))
    assert "Style: 80s vibe." in vintage
    assert "at the beach" in vintage and "two hands" not in vintage


@pytest.mark.parametrize(("brief", "said", "unsaid"), [
    ("Create a 30 second ad for Kettle & Crow cold brew, moody, city at night",
     ["Kettle & Crow cold brew,", "Setting: city at night.", "Style: moody."], ["moody,"]),
    ("Luxury watch commercial, black background, slow macro shots, no music",
     ["Setting: black background.", "Style: slow macro shots."], ["Light: natural", "music,"]),
    ("Video publicitario para zapatillas Lince, montaña, amanecer", ["Setting: mountains. Light: sunrise."], []),
    ("we sell ceramic mugs. need a cozy autumn ad. our name is Mudlark", ["Setting: autumn."], ["need", "cozy"]),
    ("15 second ad for Luna Coffee, morning light", ["Luna Coffee,", "Light: morning light."], ["a morning"]),
    ("Wedding photography by Ana Reis, natural light", ["a woman of", " does wedding photography,"], ["Ana"]),
    ("video for a sad synthwave song, empty motorway at night, neon", ["Setting: empty motorway at night."], []),
    ("Un vieux facteur livre sa dernière lettre sous la neige", ["lettre sous la neige – "], ["Light: lettre"]),
    ("为我们的智能手表制作一个15秒的广告，科技感", ["of a wristwatch,"], ["bar"]),
    ("Werbespot für die Kaffeemaschine „Brüh“, modern, helles Morgenlicht", ["Light: bright morning light."], []),
    ("Anuncio de 20 segundos para gafas \"Solana\", playa, retro años 70", ["Style: retro años 70."], ["Style: playa"]),
    ("a chef plates a dessert in extreme slow motion", ["a chef plates a dessert,"], ["in extreme,"]),
    ("A boy and his grandfather fly a kite on a hill", ["a boy and his grandfather fly a kite"], []),
    ("Good morning! I need an ad for my lemonade stand Zest. Thanks, Dawn", ["Zest"], ["orning", "awn"]),
    ("Look: clean. Light: sunset. Colors: teal and orange. Ad for a desk lamp", ["Light: sunset.", "teal and orange"],
     ["Look,", "light, sunset"]),
    ("新しいランプの広告、ネオンなし、さわやか", ["ランプ", "Style: fresh."], ["ネオン", "なし"]),
    ("Ad for a lamp. Target: city people. Skip the sunset clichés", ["a lamp"], ["city", "sunset"]),
    ("クリームパンの広告", ["クリームパン"], ["mirror", "skin"]),
    ("我的咖啡店“城市之光”的广告", ["of a café, 城市之光,"], ["stream", "glass"]),
    ("a documentary about bees disappearing", ["of bees disappearing,"], ["documentary"]),
    ("commercial for dog food, golden retriever running on the beach", ["of dog food,"], []),
    ("fitness gym ad, sweaty people, loud", ["of people in a fitness gym,"], [" ad,", "loud"]),
    ("新しい抹茶アイスの広告、夏、さわやか", ["of a cone of ice cream, 新しい抹茶", "Setting: summer."],
     ["広告"]),
])  # fmt: skip
def test_words_of_directions_that_tell_a_picture_stand_in_its_prompt(brief: str, said: list[str], unsaid: list[str]):
    for prompt in list_prompts(brief):
        is_opened = "first frame" in prompt  # it goes on from a picture, which shows where it plays
        assert not [
            one for one in said if one not in prompt and not (is_opened and one.startswith(("Setting", "Light")))
        ], prompt
        assert not [one for one in unsaid if one in prompt], prompt


def test_a_style_that_no_camera_takes_is_asked_for_without_lens_and_photograph() -> None:
    for prompt in list_prompts("a tiny robot cleans up after a birthday party, pixar style"):
        assert "Style: pixar." in prompt
        assert not regex.search(r"Photograph|lens|natural colour", prompt), prompt


def test_no_prompt_holds_the_code_of_a_colour() -> None:
    assert not any("#" in prompt for prompt in list_prompts("Ad for a lamp"))


def test_a_sentence_of_another_language_stands_behind_its_size() -> None:
    (prompt, *_) = list_prompts("Crea un anuncio de una mochila hecha con redes de pesca recicladas")
    assert ": una mochila hecha con redes" in prompt and "scene" not in prompt


def test_a_request_to_promote_is_no_part_of_the_name() -> None:
    planned = plan(
        Brief(text="Promote the Elgin Street Night Market, every Friday in August. Live jazz.", models=(VEO,))
    )
    assert planned.facts and planned.facts.name and planned.facts.name.text == "Elgin Street Night Market"


def test_the_light_of_the_brief_replaces_that_of_the_tone() -> None:
    plain = list_prompts("Ad for a lamp")
    assert all("Light: soft window light" in prompt for prompt in plain[:1])
    assert not any("window light" in prompt for prompt in list_prompts("A fox learns to skate"))
    at_night = list_prompts("A short film about a fox that learns to skate on a frozen lake at night")
    assert not any("window light" in prompt for prompt in at_night)
    assert any(f"Light: {OF_THE_PLACE}" in prompt for prompt in at_night)


@pytest.mark.parametrize(("sold", "lengths"), [
    ((6, 10), [6, 6, 6, 6, 6]), ((4, 6, 8), [8, 8, 8, 6]), ((5,), [5] * 6), ((), [7.5] * 4), ((10,), [10] * 3),
])  # fmt: skip
def test_thirty_seconds_are_bought_in_the_fewest_takes_of_the_least_sum(sold: tuple[int, ...], lengths: list[float]):
    takes = divide_film(30_000, sold, "neutral")
    assert [take.ms / 1000 for take in takes] == lengths
    beats = [take.beat for take in takes]
    assert beats == sorted(beats, key=beats.index) and 3 <= len(set(beats)) <= 4


@given(st.integers(1_000, 100_000), st.sets(st.integers(2, 15), max_size=5), st.integers(1, 9))
def test_takes_of_a_film_fill_it_and_each_is_sold(ms: int, sold: set[int], scenes: int) -> None:
    takes = divide_film(ms, tuple(sorted(sold)), "luxury", scenes)
    assert sum(take.ms for take in takes) == ms and all(take.ms > 0 for take in takes)
    assert all(take.ms <= 1000 * max(sold, default=MAX_TAKE_S) for take in takes)


def test_what_happens_names_no_hour_no_place_and_no_move_of_the_camera() -> None:
    for beat, by_kind in load_beat_pictures().items():
        for text in (one for texts in by_kind.values() for one in texts if beat not in ("cast", "stage")):
            assert not regex.search(r"\b(?:morning|evening|night|kitchen|desk|outdoors|view rushes|its?)\b", text), text


def test_a_still_shows_one_moment_of_its_take() -> None:
    moving = r"\b(?:slowly|suddenly|turning|rushing|streaming|until|coming|moving on|swinging|opening|one after)\b"
    for beat, by_kind in load_beat_pictures().items():
        for text in (one for texts in by_kind.values() for one in texts):
            assert not regex.search(moving, text.rpartition(" | ")[2]), (beat, text)
    made = plan(Brief(text="Ad for a bookshop", models=("kling",), stills="flux-dev")).plan
    stills = [(shot.still.prompt, shot.source.prompt) for shot in made.shots if shot.still]  # type: ignore[union-attr]
    assert any("with both doors closed" in still and "swinging open" in take for still, take in stills), stills


def test_one_person_in_one_place_acts_in_the_whole_film() -> None:
    prompts = list_prompts("A 60 second ad for a desk lamp, warm")
    people = {found[0] for one in prompts if (found := regex.search(r"an? (?:wo)?man of about \w+ in [a-z]+", one))}
    places = {found[0] for one in prompts if (found := regex.search(r"Setting: [^.]+", one))}
    assert len(people) == len(places) == 1, prompts
    assert prompts == list_prompts("A 60 second ad for a desk lamp, warm"), "the same for the same brief"
    others = (
        list_prompts(f"A 60 second ad for {thing}") for thing in ("a mug", "a lamp", "a bottle", "a watch", "a bag")
    )
    assert len(set(regex.findall(r"of about \w+ in [a-z]+", str([*others])))) > 1


@pytest.mark.parametrize(("subject", "language", "dressed"), [
    ("a lighthouse keeper who paints", "en", "a lighthouse keeper of about forty in grey who paints"),
    ("night shift nurses at St Mary", "en", "night shift nurses in grey at St Mary"),
    ("an elderly couple", "en", "an elderly couple"),
    ("a boy and his dog", "en", "a boy and his dog"),
    ("a dentist for children who are scared", "en", "a dentist of about forty in grey"),
    ("the moment when an old clockmaker in Prague winds a clock", "en",
     "the moment when an old clockmaker in Prague winds a clock"),
    ("a woman in red shoes", "en", "a woman in red shoes"), ("a robot", "en", "a robot"),
    ("a lamp", "en", "a lamp"), ("un vieux facteur", "fr", "un vieux facteur"),
])  # fmt: skip
def test_people_of_a_brief_look_the_same_in_each_prompt(subject: str, language: str, dressed: str) -> None:
    assert describe_people(subject, language, " of about forty", "grey") == dressed


@pytest.mark.parametrize(("subject", "language", "kind", "named"), [
    ("die Bäckerei Sonnenkorn in Kassel", "de", "place", "a bakery, Sonnenkorn in Kassel"),
    ("Brüh, Kaffeemaschine", "de", "thing", "a coffee maker, Brüh"),
    ("one scene: une librairie de quartier", "fr", "place", "a bookshop"),
    ("one scene: un pulpo aprende a tocar el piano", "es", "story", "one scene: un pulpo aprende a tocar el piano"),
    ("unas cosas", "es", "thing", "cosas"), ("a bakery in Kassel", "en", "place", "a bakery in Kassel"),
])  # fmt: skip
def test_no_foreign_article_stands_in_an_english_phrase(subject: str, language: str, kind: str, named: str) -> None:
    assert name_in_english(subject, language, kind, find_trade(subject)) == named  # type: ignore[arg-type]  # a kind


@pytest.mark.parametrize(("text", "act"), [
    ("a mobile dog grooming service", "brushing a wet dog"), ("a bike repair shop", "truing a bicycle wheel"),
    ("wedding photography", "raising a camera"), ("ein alter Uhrmacher", "holding a watch"), ("", "talking with"),
])  # fmt: skip
def test_a_service_does_what_belongs_to_its_trade(text: str, act: str) -> None:
    assert find_trade(text).does[0].startswith(act)


def test_a_film_about_a_funeral_shows_nobody_who_laughs_and_no_shot_twice() -> None:
    prompts = list_prompts("60 second film for the undertaker Graves & Daughter, quiet garden")
    assert prompts and not any(regex.search(r"laugh|smil|wav(?:es|ing)|happy|glad", one) for one in prompts), prompts
    for beat in load_beats():
        acts: set[str] = set()
        for count in range(4):
            acts.add(choose_action(beat, "service", count, earlier=acts, is_solemn=True))
        assert len(acts) == 4, beat


def test_people_act_where_their_trade_works_unless_they_come_to_their_customers() -> None:
    assert any("Setting: a gym" in one for one in list_prompts("Ad for the boxing club Iron Fist"))
    assert not any("Setting: a veterinary" in one for one in list_prompts("Mobile vet that comes to your farm. Calm"))


def test_things_for_women_are_worn_by_women() -> None:
    prompts = list_prompts("45 second ad for a waterproof hiking jacket for women, epic")
    assert any("by a woman" in one for one in prompts) and not any("a man of" in one for one in prompts), prompts


def test_a_place_is_no_name_twice_and_no_room_has_the_light_of_another() -> None:
    assert name_in_english("Restaurant éthiopien à Lyon", "fr", "place", find_trade("Restaurant")).startswith("Rest")
    assert not any("window light" in one for one in list_prompts("Chimney sweep in Bath, friendly video"))


def test_every_trade_has_words_and_acts_that_hold_for_a_still() -> None:
    emblems = load_emblem_words()
    for name, row in load_trades().items():
        assert len(row.does) >= 3 and (row.of or row.words or name == "anybody"), name
        assert {*row.of.split()} <= {*emblems, *load_things()}, name
        assert not regex.search(r"\b(?:slowly|suddenly|turning|then|until|somebody)\b|[.,;|]", " ".join(row.does)), name


@pytest.mark.parametrize(("brief", "subject"), [
    ("pls make an ad for invoice software for plumbers, 30 sec", "invoice software for plumbers"),
    ("wedding photographer promo, golden hour, vineyard", "a wedding photographer"),
    ("Charity appeal: every winter 300 stray dogs in Sofia freeze.", "stray dogs in Sofia"),
    ("our dog grooming van comes to your door. 30 seconds, funny", "a dog grooming van"),
    ("a 15 second spot for cold brew cofee in cans", "cold brew coffee in cans"),
    ("explain how our online pharmacy works in 45 seconds", "an online pharmacy"),
    ("farmers market every sunday, old town square", "a farmers market"),
    ("make me a 30 sec advert for a wooden toy train set", "a wooden toy train set"),
    ("hot air ballon rides over cappadocia, sunrise, 25 seconds", "hot air balloon rides over cappadocia"),
    ("Teaser for a podcast about forgotten inventions", "a podcast about forgotten inventions"),
    ("A music video for a sad synthwave song, empty motorway at night, neon", "an empty motorway at night"),
    ("إعلان مدته 30 ثانية لعطر من خشب العود، صحراء عند الغروب", "a bottle of perfume, خشب العود"),
    ("We're launching a cold brew subscription called Slow Drip. 20 sec Instagram reel", "Slow Drip, a cold brew"),
    ("A snail enters a marathon", "the moment when a snail enters a marathon"),
    ("Our SaaS tool Ledgerly closes the books in two days instead of ten. For CFOs.", "Ledgerly, a SaaS tool"),
    ("Lancement de notre vélo cargo électrique « Porteo » : zéro essence", "Porteo, vélo cargo électrique"),
    ("Apertura di una libreria per bambini a Bologna, sabato 12 aprile", "libreria per bambini a Bologna"),
    ("A man repairs his late father's radio and hears a voice from 1962",
     "the moment when a man repairs his late father's radio and hears a voice from 1962"),
    ("Blood donation drive at the Riverside Community Centre this Saturday",
     "a blood donation drive at the Riverside Community Centre"),
    ("Ceramic tiles handmade in Portugal, azulejo patterns, 20 seconds", "ceramic tiles handmade in Portugal"),
    ("We repair phones while you wait, FixBox, Camden High Street", "somebody from FixBox who repairs phones"),
    ("The new Vantro X drone folds to the size of a sandwich. 20 seconds", "the new Vantro X drone"),
    ("gluten free brownies baked in Bristol, delivered to your door", "gluten free brownies baked in Bristol"),
    ("Farm-to-table restaurant Root & Stem, seasonal menu, candlelight", "Root & Stem, a farm-to-table restaurant"),
    ("hot sauce with ghost pepper \"Widow Maker\", metal music", "Widow Maker, a hot sauce with ghost pepper"),
    ("cheap flights to Lisbon this spring, FlyNova, blue sky, 15 sec", "cheap flights to Lisbon this spring"),
    ("We restore old wooden boats. Show sanding, varnish, the first launch.", "somebody who restores old wooden boats"),
    ("Launch of the smart kettle Ember: boils in 40 seconds, talks to your phone", "Ember, a smart kettle"),
    ("A chess clock ticks while two old friends argue about a move",
     "the moment when a chess clock ticks while two old friends argue about a move"),
    ("My mum's samosas, fried to order at the Friday market in Leicester, loud and colourful", "mum's samosas"),
    ("30 second spot for Bramble gin, poured over ice, dark and moody", "Bramble gin"),
    ("A violin maker in Cremona bends a thin plate of maple over a hot iron",
     "the moment when a violin maker in Cremona bends a thin plate of maple over a hot iron"),
    ("雨の日に傘を貸してくれる小さな本屋の話", "one scene: 雨の日に傘を貸してくれる小さな本屋"),
    ("اردو میں 20 سیکنڈ کی ویڈیو: ایک بوڑھا درزی عید کے کپڑے سیتا ہے", "one scene: ایک بوڑھا درزی عید کے کپڑے سیتا ہے"),
    ("Imagefilm für einen Hersteller von Förderbändern in Bielefeld, nüchtern",
     "one scene: einen Hersteller von Förderbändern in Bielefeld"),
])  # fmt: skip
def test_a_brief_is_about_what_can_be_seen_of_it(brief: str, subject: str) -> None:
    assert list_subjects(read_brief(brief)) == [subject]


@pytest.mark.parametrize(("brief", "subjects"), [
    ("The night train leaves the station and a girl waves from the last window",
     ["the moment when the night train leaves the station", "the moment when a girl waves from the last window"]),
    ("Explain how a heat pump works: it takes warmth from the air outside",
     ["a heat pump", "the moment when a heat pump at work as it takes warmth from the air outside"]),
    ("Explain how our ferry works: cars roll on, the engine starts without a sound",
     ["a ferry", "the moment when a ferry at work as cars roll on",
      "the moment when a ferry at work as the engine starts without a sound"]),
    ("A dog waits at the harbour and the fishing boat comes home",
     ["the moment when a dog waits at the harbour and the fishing boat comes home"]),
    ("Un enfant découvre la mer pour la première fois",
     ["one scene: un enfant découvre la mer pour la première fois"]),
    ("おばあちゃんが孫に折り紙を教える", ["one scene: おばあちゃんが孫に折り紙を教える"]),
    ("Smart doorbell Nodi shows you who is there. 15 sec, tech", ["the smart doorbell Nodi"]),
    ("We recycle old phones into new ones. Nothing is wasted. 30 seconds",
     ["somebody who recycles old phones into new ones"]),
])  # fmt: skip
def test_what_a_brief_goes_on_to_tell_is_seen_too(brief: str, subjects: list[str]) -> None:
    assert list_subjects(read_brief(brief)) == subjects


def test_no_participle_stands_behind_a_sentence() -> None:
    for prompt in list_prompts("Three sisters open a bakery in Lisbon"):
        told = prompt.split(". ")[0].partition("in Lisbon, ")[2]
        assert told and not regex.match(r"\w+ing\b", told), prompt


def test_where_a_film_plays_is_read_with_its_hour() -> None:
    prompts = list_prompts("Make an advert for BrightSmile toothpaste, cheerful, family bathroom in the morning")
    assert prompts and all("etting: family bathroom in the morning" in prompt for prompt in prompts), prompts


def test_a_subject_that_was_read_as_subject_and_place_is_one() -> None:
    brief = "30-second ad for a mountain bike rental in the Alps, adventurous, golden hour"
    for prompt in list_prompts(brief):
        assert "from a mountain bike rental in the Alps, " in prompt and "adventurous" not in prompt.split(". ")[0]
    assert choose_name(read_brief(brief), "") == "Mountain bike rental"
    assert choose_name(read_brief("A fox learns to skate on a frozen lake at night"), "") == ""
