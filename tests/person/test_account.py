"""A judge that cannot find anything is none: each fault, made by hand, is found and named for what it is."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from crash.forked import Forks
from person import account
from person.account import Fault, bought_on
from person.conftest import NewPerson
from person.databases import Sqlite
from person.person import NONE, Person
from reelwright.providers.fakes.bill import Charge
from reelwright.providers.fakes.script import filter_samples

BOAT, FOX = "Boat drifts", "Fox sleeps"


class Left:
    """What a person has: an account with a clip, two equal rows of a batch, a film's takes, and a round that was
    filtered; to be tampered with."""

    def __init__(self, person: Person, folder: Path) -> None:
        shutil.copytree(person.disk, folder)
        self.vault, self.journal = folder / "home" / "vault", folder / "home" / "journal.db"
        self.database = f"sqlite:///{self.journal}"
        self.wanted, self.cap = Counter(person.wanted), 10_000_000
        self.bill = list(person.bill)
        self.made = bought_on(self.bill)
        self.files = {BOAT: [str(path) for path in (folder / "out").glob("*.mp4")]}
        self.takes = {"Lamp glows": [self.bought("lamp glows").digest]}

    def bought(self, prompt: str) -> account.Bought:
        return next(one for one in self.made if one.prompt == prompt and not one.over)

    def do(self, statement: str) -> None:
        with closing(sqlite3.connect(self.journal)) as conn, conn:
            conn.execute("PRAGMA ignore_check_constraints = ON")
            assert conn.execute(statement).rowcount, f"nothing to do: {statement}"

    def change(self, prompt: str, change: Callable[[Charge], Charge | None]) -> None:
        """Write the bill's line of a prompt anew, or leave it out."""
        name = self.bought(prompt).id
        lines = [change(line) if line.submission == name and "work" in line.facts else line for line in self.bill]
        self.bill = [line for line in lines if line]

    def asset(self, prompt: str) -> Path:
        digest = self.bought(prompt).digest
        return self.vault / "local" / digest[:2] / digest

    def faults(self) -> list[Fault]:
        return [
            *account.find_double_buys(self.bill, self.wanted),
            *account.find_overspending(self.bill, self.cap),
            *account.find_wrong_deliveries(self.bill, self.files, 1),
            *account.find_wrong_takes(self.bill, self.takes),
            *account.find_losses(self.bill, self.database, self.vault),
            *account.find_false_ledger(self.bill, self.database),
        ]


@pytest.fixture(scope="module")
def person(
    disk: Path, forks: Forks, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Person]:
    made = Person(tmp_path_factory.mktemp("judged") / "person", disk / "judged", Sqlite(sqlite_template), "list", forks)
    made.clip(BOAT)
    made.batch([FOX, FOX])
    made.make("one")
    made.shop.meet_next(filter_samples())
    made.clip("Ice melts")
    yield made
    made.end()


@pytest.fixture
def left(person: Person, tmp_path: Path) -> Left:
    return Left(person, tmp_path / "left")


def work_of(line: Charge, **changes: object) -> Charge:
    return replace(line, facts={**line.facts, "work": {**line.facts["work"], **changes}})


def take_it_on_once_more(left: Left) -> None:
    line = next(line for line in left.bill if line.submission == left.bought("boat drifts").id and "work" in line.facts)
    left.bill.append(replace(work_of(line, id="once-more"), submission="once-more"))


def forget_that_it_was_wanted(left: Left) -> None:
    del left.wanted["boat drifts"]


def want_a_row_less(left: Left) -> None:
    left.wanted["fox sleeps"] -= 1


def bring_what_was_filtered_too(left: Left) -> None:
    done = next(one for one in bought_on(left.bill) if one.over == "filtered")
    prompt = done.prompt
    left.bill = [
        work_of(line, filtered=0) if line.submission == done.id and "work" in line.facts else line for line in left.bill
    ]
    left.wanted[prompt] = 0


def spend_more_than_the_cap(left: Left) -> None:
    left.cap = sum(line.micros for line in left.bill) - 1


def lose_the_bytes(left: Left) -> None:
    left.asset("boat drifts").unlink()


def flip_a_bit(left: Left) -> None:
    path = left.asset("fox sleeps")
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def forget_the_outcome(left: Left) -> None:
    left.do(f"DELETE FROM outcomes WHERE assets LIKE '%{left.bought('boat drifts').digest}%'")


def land_another_take_in_its_place(left: Left) -> None:
    mine, other = left.bought("boat drifts").digest, left.bought("fox sleeps").digest
    left.do(f"UPDATE outcomes SET assets = '{json.dumps([other])}' WHERE assets LIKE '%{mine}%'")


def settle_a_micro_dollar_more(left: Left) -> None:
    left.do(
        "UPDATE purchases SET settled_micros = settled_micros + 1 "
        "WHERE id = (SELECT min(id) FROM purchases WHERE settled_micros > 0)"
    )


def settle_nothing(left: Left) -> None:
    left.do(
        "UPDATE purchases SET settled_micros = 0 WHERE id = (SELECT min(id) FROM purchases WHERE settled_micros > 0)"
    )


def be_billed_less(left: Left) -> None:
    left.change("boat drifts", lambda line: replace(line, micros=line.micros - 1))


def leave_a_purchase_open(left: Left) -> None:
    left.do(
        "UPDATE purchases SET state = 'submitted' WHERE id = (SELECT min(id) FROM purchases WHERE settled_micros > 0)"
    )


def leave_something_reserved(left: Left) -> None:
    left.do("UPDATE allowances SET reserved_micros = 1 WHERE id = (SELECT min(id) FROM allowances)")


def strike_a_work_from_the_bill(left: Left) -> None:
    left.change("boat drifts", lambda line: None)


def deliver_a_file_of_another(left: Left) -> None:
    shutil.copy(left.asset("fox sleeps"), left.files[BOAT][0])


def deliver_nothing(left: Left) -> None:
    left.files[BOAT] = []


def deliver_to_nowhere(left: Left) -> None:
    Path(left.files[BOAT][0]).unlink()


def deliver_one_take_for_two(left: Left) -> None:
    left.files[BOAT] *= 2


def show_a_take_of_another_shot(left: Left) -> None:
    left.takes["Lamp glows"] = [left.bought("kite climbs").digest]


PLANTED = {
    take_it_on_once_more: "bought twice",
    forget_that_it_was_wanted: "bought twice",
    want_a_row_less: "bought twice",
    bring_what_was_filtered_too: "bought twice",
    spend_more_than_the_cap: "budget",
    lose_the_bytes: "lost",
    flip_a_bit: "lost",
    forget_the_outcome: "lost",
    land_another_take_in_its_place: "lost",
    settle_a_micro_dollar_more: "ledger",
    settle_nothing: "ledger",
    be_billed_less: "ledger",
    strike_a_work_from_the_bill: "ledger",
    leave_a_purchase_open: "ledger",
    leave_something_reserved: "ledger",
    deliver_a_file_of_another: "delivery",
    deliver_nothing: "delivery",
    deliver_to_nowhere: "delivery",
    deliver_one_take_for_two: "delivery",
    show_a_take_of_another_shot: "delivery",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_fault_is_found(plant: Callable[[Left], None], left: Left):
    assert left.faults() == [], "before anything was planted"
    plant(left)
    assert PLANTED[plant] in {fault.what for fault in left.faults()}


def test_a_purchase_that_is_held_for_a_person_is_not_lost(left: Left):
    left.do(f"DELETE FROM outcomes WHERE assets LIKE '%{left.bought('boat drifts').digest}%'")
    left.do(
        f"UPDATE purchases SET state = 'unknown' WHERE operation LIKE '%{left.bought('boat drifts').id}%'"
    )  # fmt: skip
    assert {fault.what for fault in left.faults()} == {"ledger"}, "it is open, and that is all"


def test_what_was_asked_for_again_is_wanted_once_more_only_after_it_has_come(new_person: NewPerson):
    person = new_person("sqlite", "list")
    person.clip(BOAT)
    for asked in (2, 2, 2):
        person._ask_again("clip", BOAT)
        assert person.wanted["boat drifts"] == asked, "it has not come: it is the same that is meant"


def test_a_failure_that_is_sent_again_when_typed_again_is_noticed(new_person: NewPerson):
    person = new_person("sqlite", "list")
    person.shop.meet_next(filter_samples())
    person.clip(BOAT)
    stuck = dict(person._stuck)
    person._stuck = {name: {"boat drifts"} for name in stuck}
    args = {"prompt": BOAT, "out": str(person.disk / "elsewhere"), "samples": 2}
    person._stuck[f"clip {json.dumps(args, sort_keys=True)}"] = {"boat drifts"}
    person.typed["boat drifts"] = 4
    with pytest.raises(AssertionError, match="was sent again when typed again"):
        person._typed("clip", args, {BOAT}, by=NONE, times=1, least=0)
