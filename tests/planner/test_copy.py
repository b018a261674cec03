"""What a film says: turns of the brief's own facts, each told once, with nothing added."""

from __future__ import annotations

import pytest
import regex

from planner.briefs import BRIEFS, WORKED
from reelwright.planner.extract import understand
from reelwright.planner.extract.worth import gerund
from reelwright.planner.facts import counted, itself_of, state_of, town_of
from reelwright.planner.rules import plan
from reelwright.planner.tables import moments, opposites, scenes, tones, uses, wording
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Plan


def lines(film: Plan) -> list[str]:
    """Words on screen, but for the name and the mirror of the problem (``before``)."""
    roles = ("line", "after", "descriptor")
    return [shot.words[role] for shot in film.shots for role in roles if role in shot.words]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("VoltCup, a mug that keeps coffee at 60 °C for 4 hours", ("coffee", "hot", "cold")),
        ("Icy, a box that keeps drinks at 4 °C", ("drinks", "cold", "warm")),
        ("Strider, a shoe that keeps your feet dry", ("feet", "dry", "wet")),
        ("Loaf, a bag that keeps bread fresh", ("bread", "fresh", "stale")),
        ("Wipe, a cloth that cleans windows", ("windows", "clean", "dirty")),
        ("Warmth, a room kept at 21 °C", None),
        ("Tern, a bag that holds ten books", None),
    ],
)
def test_the_opposite_of_what_is_kept_is_the_pain(text: str, state: tuple[str, str, str] | None) -> None:
    found = state_of(understand(text))
    assert (found and (found.thing, found.good, found.bad)) == state


def test_what_does_it_itself_is_told_as_people_say_it() -> None:
    assert itself_of("self-heating travel mug") == ("mug", "heats itself")
    assert itself_of("self-balancing board") == ("board", "balances itself")
    assert itself_of("desk lamp") == ("", "")


def test_a_number_comes_with_what_it_counts() -> None:
    first, second = understand(WORKED["A"]).proofs
    assert counted(first, "", english=True) == ("coffee at", "")
    assert counted(second, first.found.text, english=True) == ("for", "")
    (hours,) = understand("Plannio, an app that saves you 5 hours a week").proofs
    assert counted(hours, "", english=True) == ("saves you", "a week")


def test_a_town_is_no_name_month_or_day() -> None:
    assert town_of("a cafe in Leeds for early birds", frozenset()) == "Leeds"
    assert town_of("opens in March", frozenset()) == ""
    assert town_of("from Fenn.", frozenset({"fenn"})) == ""


@pytest.mark.parametrize("ms", [6000, 10_000, 20_000, 30_000, 60_000])
@pytest.mark.parametrize("name", BRIEFS)
def test_no_wording_is_told_twice_in_a_film(name: str, ms: int) -> None:
    film = plan(Brief(text=BRIEFS[name], length_ms=ms)).plan
    told = [" ".join(regex.findall(r"\w+", line.casefold())) for line in lines(film) if line != film.title]
    assert len(set(told)) == len(told), told


def test_the_worked_example_is_told_as_it_should_be() -> None:
    film = plan(Brief(text=WORKED["A"], length_ms=20_000)).plan
    said = " ".join(lines(film)).casefold()
    assert "cold" in said
    assert "heats itself" in said
    assert "commuters" in said
    numbers = [(shot.words["number"], shot.words.get("label")) for shot in film.shots if "number" in shot.words]
    assert numbers == [("60", "Coffee at"), ("4", "For")]


def test_lines_never_leave_a_slot_unfilled_or_two_marks_in_a_row() -> None:
    for text in BRIEFS.values():
        for variation in range(4):
            film = plan(Brief(text=text, variation=variation)).plan
            for line in [*lines(film), *(line.text for _, line in film.lines())]:
                assert not regex.search(r"[{}]|[.?!,]{2}|\s[.?!,]|\|\s|\s\|", line.replace("…", "")), line


def test_variations_of_a_brief_say_it_differently() -> None:
    told = {tuple(lines(plan(Brief(text=WORKED["A"], variation=k)).plan)) for k in range(6)}
    assert len(told) >= 3


@pytest.mark.parametrize("beat", ["hook", "problem", "agitate", "demo", "benefit", "transformation", "brand", "reveal"])
def test_every_tone_has_three_wordings_for_each_beat(beat: str) -> None:
    for tone in tones():
        rows = [row for row in wording()[beat] if not set(row[2]) - {"last", "named"} or tone in row[2]]
        assert len(rows) >= 3, tone


def test_every_state_has_an_opposite_that_is_another_word() -> None:
    for good, bad in opposites()["states"].items():
        assert good != bad
    assert set(opposites()["verbs"].values()) <= set(opposites()["states"])


def said_in(name: str) -> str:
    return " ".join(" ".join(shot.words.values()) for shot in plan(Brief(text=BRIEFS[name])).plan.shots)


@pytest.mark.parametrize(
    ("text", "told", "never"),
    [
        ("A 20 second short for Kestrel X2 running shoes", "Lace up. Head out.", "That is"),
        ("A 20 second ad for Bolt, a bike lock", "Click. Walk away.", "traffic"),
        ("An ad for Bolt, a bike lock", "Lock it", "Ride"),
        ("30s ad for Ardo, an island hotel", "Check in. Shoes off.", "That is Ardo"),
        ("30s ad for Loaf, a baguette bakery", "One for now. One for later.", "Pack it"),
        ("30s ad for Squeak, a dog toy", "Throw. Fetch. Again.", "Build it"),
        ("An energetic ad for Harbour House, a children's hospice", "Give what you can.", "Need a"),
        ("20s ad for Pawly, a dog food", "Fill the bowl. Stand back.", "Dig in"),
        ("20s ad for Otto, a robot vacuum", "Press. Walk away.", "Sleeves"),
        ("20s documentary about Grit, a podcast about founders", "Podcast about founders", "Somewhere"),
        ("45s documentary about Wren & Sons, a violin workshop", "Somewhere, a violin workshop.", "That is"),
    ],
)
def test_of_a_thing_with_nothing_but_a_name_is_told_what_people_do_with_such_a_thing(
    text: str, told: str, never: str
) -> None:
    film = plan(Brief(text=text)).plan
    said = regex.sub(r"\s+", " ", " ".join(" ".join(s.words.values()) for s in film.shots).replace("|", " "))
    assert told in said and never not in said, said


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A 20 second short for Kestrel X2 running shoes", "Try them"),
        ("20s ad for Pawly, a dog food", "Fill a bowl"),
        ("20s ad for Tern, a bag shop. Book at tern.example", "Book yours"),
        (BRIEFS["gym"], "Come and train"),
        ("An emotional 20s film for Harbour House, a children's hospice", None),
        ("My sister Ana turns 30. Happy birthday!", None),
        ("A 20 second ad for an electric toothbrush", None),
    ],
)
def test_a_film_without_a_call_ends_on_an_invitation_unless_that_would_be_presumed(text: str, line: str | None) -> None:
    last = plan(Brief(text=text)).plan.shots[-1].words
    assert last.get("line") == line and (not line or last["name"])


def test_what_the_brief_says_goes_before_what_holds_of_any_such_thing() -> None:
    film = plan(Brief(text=BRIEFS["deadline"], length_ms=20_000)).plan
    assert {"offer", "urgency"} <= {beat.name for beat in film.beats}, (
        "a shot of what is done with lamps took its place"
    )
    demo = next(beat for beat in plan(Brief(text=WORKED["C"])).plan.beats if beat.name == "demo")
    assert [dict(shot.words) for shot in demo.shots] == [{"line": "Paid."}, {"line": "Without chasing."}]
    farm = " ".join(lines(plan(Brief(text=BRIEFS["long"])).plan))
    assert not [line for line in uses()["ware"] if line in farm.replace("|", " ")], "a cider farm is no bottle"


def test_what_people_do_with_a_thing_claims_nothing_of_it() -> None:
    """No number, no comparison, no praise; a word for each thing of which a moment is told."""
    praise = regex.compile(
        r"\d|\b(?:best|better|most|more than|only|new|fast|easy|perfect|great|love|always|never)\b", regex.I
    )
    assert not [line for many in uses().values() for line in many if praise.search(line)]
    assert all(len(many) == 2 and all(line[-1] in ".?" for line in many) for many in uses().values())
    assert set(uses()) - {"coffee"} == set(moments()) - {"coffee", "occasion"}


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("A 20 second ad for an electric toothbrush", "Your electric toothbrush"),
        ("30 second film about a lighthouse keeper", "A lighthouse keeper"),
        ("Short about our dog walking service", "Your dog walking service"),
        ("A short about loneliness", "Loneliness"),
        ("A video for TikTok about the history of bread", "The history of bread"),
        ("20s spot for a startup that recycles batteries", "Your startup"),
        ("Make a 20 second ad for us", "Your name here"),
        ("A funny ad", "Your name here"),
    ],
)
def test_a_film_without_a_name_is_called_by_what_it_is_about_and_never_by_its_order(text: str, called: str) -> None:
    assert plan(Brief(text=text)).plan.title == called


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("shop", "Nonna's bakery bakes sourdough"),
        ("birthday", "My sister Ana turns 30."),
        ("birthday", "Happy birthday!"),
        ("pitch", "Split bills with friends in seconds."),
        ("pitch", "No sign-up."),
        ("pitch", "Free forever."),
        ("receipts", "Never lose a receipt again."),
        ("opening", "We are opening a new cafe."),
    ],
)
def test_what_a_brief_says_in_plain_words_is_on_screen(name: str, told: str) -> None:
    assert told in said_in(name)


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("birthday", "feeling"),
        ("birthday", "Take a look"),
        ("thing", "Exciting."),
        ("pottery", "20s"),
        ("why", "Simply"),
        ("pitch", "That is Tally"),
        ("lamp", "flickers?"),
    ],
)
def test_what_would_be_wrong_of_this_thing_is_not_said(name: str, never: str) -> None:
    assert never not in said_in(name)


@pytest.mark.parametrize(
    ("verb", "turned"),
    [
        ("flickers", "flickering"), ("lose", "losing"), ("cuts", "cutting"), ("run", "running"), ("misses", "missing"),
        ("tries", "trying"), ("fades", "fading"), ("stop", "stopping"), ("lies", "lying"), ("wait", "waiting"),
    ],
)  # fmt: skip
def test_what_never_happens_is_turned_as_people_say_it(verb: str, turned: str) -> None:
    assert gerund(verb) == turned


def test_a_place_is_one_that_people_are_in() -> None:
    """What a video model is asked for says \"in\" before it."""
    for name, scene in scenes().items():
        first = scene.place.partition(" with ")[0].partition(" of ")[0].split(" ")
        assert not {"counter", "desk", "table", "chair", "rug", "road", "terrace", "headland"} & set(first), name


def test_what_people_do_follows_them_in_one_sentence() -> None:
    """``an adult … {struggle}``, ``an adult … already {use}``: both begin with what somebody is doing."""
    for name, scene in scenes().items():
        assert all(part.split()[0].endswith("ing") for part in (scene.struggle, scene.use)), name
