"""A checker that cannot fail is none: each fault, made by hand, is found, and named for what it is."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crash.checker import Checked, check, main
from crash.lives import Lives, made_for


class Left:
    """What a make has left behind, to be tampered with."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.vault, self.bill = folder, folder / "home" / "vault", folder / "bill.jsonl"
        self.url = f"sqlite:///{folder / 'journal.db'}"

    def do(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "journal.db")) as conn, conn:
            for statement in statements:
                assert conn.execute(statement).rowcount, f"nothing to do: {statement}"

    def value(self, query: str) -> str:
        with closing(sqlite3.connect(self.folder / "journal.db")) as conn:
            return str(conn.execute(query).fetchone()[0])

    @property
    def take(self) -> Path:
        """The bytes of the first take."""
        digest = json.loads(self.value("SELECT assets FROM outcomes WHERE step LIKE 'take/%'"))[0]
        return self.vault / "local" / digest[:2] / digest

    def lines(self, change: Callable[[list[dict]], list[dict]]) -> None:
        """Write the bill anew."""
        said = change([json.loads(line) for line in self.bill.read_text().splitlines()])
        self.bill.write_text("".join(f"{json.dumps(line)}\n" for line in said))

    def check(self, *, at_rest: bool = True) -> Checked:
        return check(self.vault, self.url, [self.bill], made_for, at_rest=at_rest)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    lives = Lives(folder, f"sqlite:///{folder / 'journal.db'}", "none")
    try:
        assert lives.live()
    finally:
        lives.end()
    return folder


@pytest.fixture
def left(made: Path, tmp_path: Path) -> Iterator[Left]:
    shutil.copytree(made, tmp_path / "left")
    yield Left(tmp_path / "left")
    for path in tmp_path.rglob("*"):
        path.chmod(0o700)


PAID = "id = (SELECT min(id) FROM purchases WHERE quoted_micros > 0)"
OF_PAID = "purchase = (SELECT min(id) FROM purchases WHERE quoted_micros > 0)"


def forget_the_purchase(left: Left) -> None:
    left.do(f"DELETE FROM purchase_history WHERE {OF_PAID}", f"DELETE FROM takes WHERE {OF_PAID}")
    left.do(f"DELETE FROM purchases WHERE {PAID}")


def forget_the_operation(left: Left) -> None:
    """Released as if it had never been accepted."""
    left.do(f"UPDATE purchase_history SET operation = NULL WHERE {OF_PAID}")
    left.do(
        "UPDATE purchases SET state = 'released', settled_micros = NULL, settlement = NULL, operation = NULL, "
        f"succeeded_at = NULL WHERE {PAID}"
    )


def flip_a_bit(left: Left) -> None:
    left.take.chmod(0o600)
    data = bytearray(left.take.read_bytes())
    data[-1] ^= 1
    left.take.write_bytes(data)


def delete_the_bytes(left: Left) -> None:
    left.take.unlink()


def forget_the_outcome(left: Left) -> None:
    left.do("DELETE FROM outcomes WHERE step LIKE 'take/%'")


def land_something_else(left: Left) -> None:
    """The film's bytes in the place of the take's."""
    other = left.value("SELECT assets FROM outcomes WHERE step LIKE 'segment/%'")
    left.do(f"UPDATE outcomes SET assets = '{other}' WHERE step LIKE 'take/%'")


def land_nothing(left: Left) -> None:
    left.do("UPDATE outcomes SET assets = '[]' WHERE step LIKE 'take/%'")


def bill_it_again(left: Left) -> None:
    """As if the same POST had been sent twice; nobody here knows of the second."""
    left.lines(lambda lines: [*lines, {**lines[0], "submission": "gen-vid-second"}])


def know_of_both(left: Left) -> None:
    """The same, and the journal has written the second operation down."""
    bill_it_again(left)
    again = json.dumps({"id": "gen-vid-second"})
    left.do(
        "INSERT INTO purchase_history (purchase, from_state, to_state, reason, operation, at) "
        f"SELECT id, 'settled', 'settled', 'a second operation', '{again}', 0 FROM purchases "
        f"WHERE operation LIKE '%' || '{first_of(left)}' || '%'"
    )


def first_of(left: Left) -> str:
    return str(json.loads(left.bill.read_text().splitlines()[0])["submission"])


def try_again_for_nothing(left: Left) -> None:
    """A second try of what had landed, bought and settled."""
    bill_it_again(left)
    columns = [
        "account", "project", "job", "allowance", "scope", "fingerprint", "step", "state", "provider", "model",
        "resubmit", "quoted_micros", "quote", "settled_micros", "settlement", "prepared_request", "send_count",
        "reason", "intent_at", "posted_at", "submitted_at", "succeeded_at", "ended_at",
    ]  # fmt: skip
    same = ", ".join(columns)
    left.do(
        f"INSERT INTO purchases (id, attempt, operation, {same}) SELECT 'purchase_again', 2, "
        f"'{json.dumps({'id': 'gen-vid-second'})}', {same} FROM purchases WHERE operation LIKE '%{first_of(left)}%'"
    )


def lose_a_charge(left: Left) -> None:
    left.lines(lambda lines: lines[1:])


def half_a_line(left: Left) -> None:
    left.bill.write_text(left.bill.read_text()[:-40])


def charge_a_micro_dollar_more(left: Left) -> None:
    left.lines(lambda lines: [{**lines[0], "micros": lines[0]["micros"] + 1}, *lines[1:]])


def settle_a_micro_dollar_less(left: Left) -> None:
    left.do(f"UPDATE purchases SET settled_micros = settled_micros - 1 WHERE {PAID}")


def adjust_by_a_micro_dollar(left: Left) -> None:
    left.do(
        "INSERT INTO adjustments (account, purchase, micros, reason, author, at) "
        f"SELECT account, id, 1, 'why not', 'somebody', 0 FROM purchases WHERE {PAID}"
    )


def keep_it_reserved(left: Left) -> None:
    left.do("UPDATE allowances SET reserved_micros = 378000")


def leave_it_open(left: Left) -> None:
    left.do(
        "UPDATE purchases SET state = 'submitted', settled_micros = NULL, settlement = NULL, ended_at = NULL "
        f"WHERE {PAID}"
    )


def name_it_twice(left: Left) -> None:
    left.do(f"UPDATE purchases SET operation = '{json.dumps({'id': first_of(left)})}' WHERE quoted_micros > 0")


FAULTS = {
    forget_the_purchase: "silent loss",
    forget_the_operation: "silent loss",
    flip_a_bit: "silent loss",
    delete_the_bytes: "silent loss",
    forget_the_outcome: "silent loss",
    land_something_else: "silent loss",
    land_nothing: "silent loss",
    bill_it_again: "double buy",
    know_of_both: "double buy",
    try_again_for_nothing: "double buy",
    lose_a_charge: "ledger",
    half_a_line: "ledger",
    charge_a_micro_dollar_more: "ledger",
    settle_a_micro_dollar_less: "ledger",
    adjust_by_a_micro_dollar: "ledger",
    keep_it_reserved: "ledger",
    leave_it_open: "ledger",
    name_it_twice: "ledger",
}


@pytest.mark.parametrize("tamper", FAULTS, ids=lambda tamper: tamper.__name__)
def test_a_fault_made_by_hand_is_found(left, tamper, capsys):
    tamper(left)
    found = left.check()
    assert found.count(FAULTS[tamper]), found.faults
    if tamper is not land_something_else:  # only who knows what was drawn can tell
        assert main([str(left.vault), left.url, str(left.bill)]) == 1
        assert FAULTS[tamper] in capsys.readouterr().out


def test_nothing_is_found_where_nothing_is_wrong(left, capsys):
    found = left.check()
    assert found.faults == () and (found.submissions, found.purchases, found.held) == (2, 2, 0)
    assert found.billed == found.ledger == 756_000
    assert main([str(left.vault), left.url, str(left.bill)]) == 0
    assert "billed 756000, ledger 756000" in capsys.readouterr().out


def in_unknown(left: Left) -> None:
    """As after a kill between a send and its answer."""
    left.do(f"UPDATE purchase_history SET operation = NULL WHERE {OF_PAID}")
    left.do(
        "UPDATE purchases SET state = 'unknown', settled_micros = NULL, settlement = NULL, operation = NULL, "
        f"ended_at = NULL, succeeded_at = NULL WHERE {PAID}"
    )
    left.do("UPDATE allowances SET reserved_micros = 378000")


def test_what_is_held_for_a_persons_word_is_no_loss_and_counted(left):
    in_unknown(left)
    found = left.check()
    assert found.faults == () and found.held == 1
    assert found.billed - found.ledger == 378_000


def test_what_was_written_off_explains_a_second_try_and_is_on_the_ledger_itself(left):
    try_again_for_nothing(left)
    left.do(
        "UPDATE purchases SET succeeded_at = NULL, operation = NULL WHERE "
        f"attempt = 1 AND operation LIKE '%{first_of(left)}%'"
    )
    left.do("UPDATE purchase_history SET operation = NULL WHERE operation IS NOT NULL")
    left.do(
        "INSERT INTO purchase_history (purchase, from_state, to_state, reason, at) SELECT id, 'unknown', 'settled', "
        "'written off', 0 FROM purchases WHERE quoted_micros > 0 AND operation IS NULL"
    )
    assert left.check().faults == ()


def test_while_something_is_on_its_way_nothing_is_wrong_with_that(left):
    leave_it_open(left)
    assert left.check(at_rest=False).faults == ()


def test_what_a_provider_was_asked_counts_once_it_is_taken_on_or_charged(left):
    asked = {"submission": "new", "model": "m", "micros": 0, "at": 0.0, "key": "k", "facts": {"prediction": {}}}
    left.lines(lambda lines: [*lines, asked])
    assert not left.check(at_rest=False).faults
    left.lines(lambda lines: [*lines[:-1], asked | {"micros": 1}])
    assert left.check(at_rest=False).count("silent loss") == 1


def test_what_a_cancel_gave_back_without_a_word_counts_as_quoted(left):
    id_ = first_of(left)
    of_it = f"operation LIKE '%{id_}%'"  # two shots are sent at once: the first on the bill may be the second bought
    given = left.value(f"SELECT settled_micros FROM purchases WHERE {of_it}")
    left.lines(
        lambda lines: [
            *lines,
            lines[0] | {"submission": id_, "micros": -int(given), "key": "", "facts": {"cancelled": id_}},
        ]
    )
    assert left.check(at_rest=False).count("ledger") == 1, "it was not cancelled"
    said = '{"code":"cancelled","step":null,"params":{},"actions":[]}'
    left.do(
        "INSERT INTO purchase_history (purchase, from_state, to_state, reason, at) SELECT id, 'submitted', 'failed', "
        f"'{said}', 0 FROM purchases WHERE {of_it}"
    )
    found = left.check(at_rest=False)
    assert not found.count("ledger") and found.billed == found.ledger
    left.do(f"UPDATE purchases SET settled_micros = settled_micros + 1 WHERE {of_it}")
    assert left.check(at_rest=False).count("ledger") == 1, "more than it was billed"
