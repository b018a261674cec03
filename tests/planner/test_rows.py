"""Timetables, menus and line-ups of a brief become rows of one screen, each with its label; other lines do not."""

from __future__ import annotations

import pytest

from reelwright.planner.reading.read import read_brief
from reelwright.planner.rules import plan_without_models
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.markup import BREAK


def list_rows(brief: str) -> list[tuple[str, str]]:
    """The label of each row, and all of its text."""
    return [(piece.label, piece.text) for piece in read_brief(brief).pieces if piece.label]


TABLES = {
    "days and hours": (
        "New term at Still Studio. Mon 18:30 Vinyasa, Tue 7:00 Sunrise flow, Wed 19:30 Yin. Ten classes for $120.",
        ["Mon 18:30", "Tue 7:00", "Wed 19:30"],
    ),
    "hours": (
        "Programme: 9:00 Registration, 9:30 Keynote by Prof. Ilse Brandt, 11:00 Workshops. 4 March, Town Hall, Graz.",
        ["9:00", "9:30", "11:00"],
    ),
    "days alone": (
        "Line-up for Hollow Fest: Fri Nadia Rowe, Sat Black Pines and The Ferrymen, Sun The Choir of Ash. hf.example",
        ["Fri", "Sat", "Sun"],
    ),
    "days before a colon": (
        "Riverside Jazz. Friday: Alma Reyes Quartet. Saturday: The Low Tide Band, Omar Diallo. Sunday: family picnic.",
        ["Friday", "Saturday", "Sunday"],
    ),
    "German hours": (
        "Kurse im Herbst: Mo. 18 Uhr Töpfern, Mi. 19 Uhr Zeichnen, Fr. 17 Uhr Holzwerkstatt. Volkshochschule Aalen",
        ["Mo. 18 Uhr", "Mi. 19 Uhr", "Fr. 17 Uhr"],
    ),
    "dates": (
        "Tri concerts: 5 mai : Quatuor Lys. 12 mai : Duo Sable. 19 mai : Chœur des Alpes. Église Saint-Paul.",
        ["5 mai", "12 mai", "19 mai"],
    ),
    "courses": (
        "Menú del día en Casa Rufino: de primero, gazpacho o ensalada de la huerta; de segundo, merluza a la plancha; "
        "de postre, flan o fruta. 14,50 € con pan y bebida.",
        ["de primero", "de segundo", "de postre"],
    ),
    "numbered labels": (
        "New podcast: The Quiet Hours. Episode 1: the baker. Episode 2: the midwife. Episode 3: the lighthouse keeper.",
        ["Episode 1", "Episode 2", "Episode 3"],
    ),
    "things before their hours": (
        "Volunteers wanted at the Marsh Lane food bank. Sorting Mondays 9–12, driving Thursdays 14–17, front desk "
        "Saturdays 10–13. No experience needed.",
        ["Sorting", "driving", "front desk"],
    ),
    "several days": (
        "Bürgeramt Wiesenau – neue Öffnungszeiten:\n• Mo, Mi: 8–12 Uhr\n• Di, Do: 8–18 Uhr\n• Fr: nur mit Termin",
        ["Mo, Mi", "Di, Do", "Fr"],
    ),
    "days of a month": (
        "Sagra del Tortello. Giovedì 21 liscio con l'Orchestra Bagnoli, sabato 23 gara di tortelli, domenica 24 fuochi "
        "d'artificio. Ingresso libero.",
        ["Giovedì 21", "sabato 23", "domenica 24"],
    ),
    "days of a month behind things": (
        "Jazz 6–8 June, Blues 9–11 June, Folk 12–14 June. Saltmarsh Festival, Maldon",
        ["Jazz", "Blues", "Folk"],
    ),
    "German days of a month": (
        "Sommerkurse: Sticken 6.–8. Juni, Filzen 13.–15. Juni, Weben 20.–22. Juni. Textilhof Aalen",
        ["Sticken", "Filzen", "Weben"],
    ),
    "stretches of days": (
        "Maandag t/m woensdag: soep, donderdag: pasta, vrijdag: vis. Café De Zon, Utrecht",
        ["Maandag t/m woensdag", "donderdag", "vrijdag"],
    ),
    "a word before an hour": (
        "17 Uhr Tombola, ab 19 Uhr Tanz mit der Kapelle, 22 Uhr Feuerwerk. Dorffest Aalen",
        ["17 Uhr", "ab 19 Uhr", "22 Uhr"],
    ),
    "Swedish hours": (
        "Konsert i Ekskyrkan: 3 juli kl. 19 Stråkkvartetten Ek, 10 juli kl. 19 Duo Sund, 17 juli kl. 18 Kören Lyra. "
        "Fri entré, kaffe efteråt.",
        ["3 juli kl. 19", "10 juli kl. 19", "17 juli kl. 18"],
    ),
    "prices beside days": (
        "Specials at The Anchor. Monday – burger & pint £10, Tuesday – curry £9, Wednesday – steak night £18. Bristol.",
        ["Monday", "Tuesday", "Wednesday"],
    ),
    "telephone numbers": (
        "Numbers you need at Elm Court. Heating: 01632 960 111. Lifts: 01632 960 112. Locks and doors: 01632 960 113.",
        ["Heating", "Lifts", "Locks and doors"],
    ),
    "titles": (
        "Sunday service. Preacher: Rev. Ada Cole. Reader: Tom Hall. Organist: May Lund. St Mary's, 10am.",
        ["Preacher", "Reader", "Organist"],
    ),
    "questions": (
        "What we teach: Week 1: who pays for healthy soil? Week 2: what is compost? Week 3: visit a farm. s.example",
        ["Week 1", "Week 2", "Week 3"],
    ),
    "plans with prices": (
        "Ledgerly invoicing. Plan 1: €9 a month, 3 clients. Plan 2: €19 a month, unlimited. ledgerly.example",
        ["Plan 1", "Plan 2"],
    ),
    "panels of a debate": (
        "Law day. Panel 1: AI at work. Panel 2: open data. Panel 3: fair courts. Town Hall, 9am.",
        ["Panel 1", "Panel 2", "Panel 3"],
    ),
    "notes in parentheses": (
        "Ad for Nordlys Coffee. Three beans: Fjord (chocolate, hazelnut), Sol (citrus, honey), Natt (dark plum).",
        ["Fjord", "Sol", "Natt"],
    ),
}


@pytest.mark.parametrize("table", TABLES)
def test_rows_of_a_table_have_their_labels(table: str) -> None:
    brief, labels = TABLES[table]
    rows = list_rows(brief)
    assert [label for label, _ in rows] == labels
    assert all(text in brief and text.startswith(label) and len(text) > len(label) + 1 for label, text in rows)


@pytest.mark.parametrize(
    "brief",
    [
        "Open Tuesday to Sunday 10am to 6pm. Closed Mondays. Free entry. The Lace Museum, 4 Mill Lane.",
        "Name: Lumo. Price: €49. Tone: playful. Length: 15 s. Audience: students.",
        "Make a 20s ad. Scene 1: a kitchen. Scene 2: a garden. Scene 3: a smile. For Arlo Foods.",
        "Kids: £4, adults: £9, families: £20. Saturday 10am at Holly Farm.",
        "A video on rain. Step 1: the sun heats the oceans. Step 2: vapor rises. Step 3: it falls as snow.",
        "Warm and slow. Voice: female. Music: piano. Say “Rest well”. For Moss Beds, mossbeds.example",
        "Sat is the best day. Sun is nice too. Wed like to see you. Mon Repos Hotel, Torquay",
        "Saturday is market day. Sunday is rest day. Monday is wash day. Old Mill, Hebden",
        "Monday blues? Tuesday troubles? Wednesday worries? Try Calm Tea, calmtea.example",
        "10:00 sharp we leave, 12:00 lunch at the lake, 15:00 back home. Scouts of Elm.",
        "Drehplan: Montag: Dreh am See. Dienstag: Interview mit Anna. Mittwoch: Schnitt. Film für Kajak Kern.",
        "VO: warm and slow. SFX: birds. SUPER: Moss Beds. For Moss Beds.",
        "Slide 1: our team. Slide 2: our year. Slide 3: thank you. For Kern AG.",
        "Riverside Jazz, 3–5 July 2026. Weekend pass £65, day £28. Under 12s free.",
    ],
)
def test_other_lines_are_no_rows(brief: str) -> None:
    assert list_rows(brief) == []


def test_rows_stand_on_one_screen_behind_the_name() -> None:
    """Yoga, 2026-11-29: "Mon 18:30" and "Vinyasa, Tue 7:00 Sunrise flow" were two screens."""
    plan = plan_without_models(Brief(text=TABLES["days and hours"][0])).plan
    figures = [shot.words["figures"] for shot in plan.shots if "figures" in shot.words]
    assert figures == [
        f" {BREAK} ".join(["**Mon 18:30:** Vinyasa", "**Tue 7:00:** Sunrise flow", "**Wed 19:30:** Yin"])
    ]
    assert "name" in plan.shots[0].words


def test_a_question_keeps_its_sign_and_a_rest_ends_its_row() -> None:
    soil = list_rows(TABLES["questions"][0])
    assert soil[0][1].endswith("who pays for healthy soil?")
    mill = list_rows("Monday we bake. Tuesday we mill. Wednesday we rest. That's the rhythm at Rye & Co.")
    assert mill[-1] == ("Wednesday", "Wednesday we rest")


def test_a_pictograph_behind_the_last_row_belongs_to_none() -> None:
    menu = (
        "antipasto: crostini con fegatini\nprimo: ravioli di zucca al burro e salvia\nsecondo: brasato al vino rosso\n"
        "dolce: cuore caldo al cioccolato ❤️\n45 euro a persona vino incluso"
    )
    rows = list_rows(menu)
    assert [label for label, _ in rows] == ["antipasto", "primo", "secondo", "dolce"]
    assert rows[-1][1].endswith("cuore caldo al cioccolato")
