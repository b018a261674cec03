"""A person with a home, a database and a provider, who does things, and remembers what was asked for."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from crash.forked import Forked, Forks
from crash.kinds import SECRET, environment
from person import account
from person.account import Fault, bought_on, called
from person.life import ALONE, DELIVERY, Accident, Act, plan_of
from person.sellers import SELLERS, Shop
from reelwright.providers.fakes.bill import Charge

LIFE_S = 60
"""Seconds for one act, which takes a tenth of one: who waits for ever is found."""
FILMS: Mapping[str, tuple[str, ...]] = {"one": ("Lamp glows", "Kite climbs"), "two": ("Lamp glows", "Door opens")}
"""Two films that share a shot."""
REPEATS = 8
"""Rounds of looking after what waits, at the end."""


class Databases(Protocol):
    """Makes, copies and shifts databases; one for each kind of database."""

    def lay(self, home: Path) -> None: ...
    def url(self, home: Path) -> str: ...
    def copy(self) -> None: ...
    def restore(self) -> None: ...
    def shift(self, seconds: float) -> None: ...
    def drop(self) -> None: ...


@dataclass
class Accidental:
    """``accident`` at ``place``: see ``Act``. ``kill_after_s``: killed then, wherever it is. All empty: none."""

    accident: Accident = ""
    place: str = ""
    jump_s: float = 0.0
    kill_after_s: float | None = None


NONE = Accidental()


class Typed(NamedTuple):
    """What a command line came to. ``code`` -9: it was killed."""

    code: int
    out: str
    err: str


@dataclass
class Person:
    """``folder`` holds the bill and what was typed, ``disk`` the home and what is delivered; only that may be full.

    ``typed``: how often each prompt is wanted by what was typed plainly, which is the same however often it is typed;
    ``more``: how often another was asked for by name. ``told``: every act so far and what came of it, for who reads a
    failure.
    """

    folder: Path
    disk: Path
    databases: Databases
    kind: str
    forks: Forks
    can_fill: bool = False
    typed: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    cap: int | None = None
    clock_s: float = 0.0
    full: bool = False
    excused: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    came: Counter[tuple[str, str]] = field(default_factory=Counter)
    _again: dict[str, frozenset[str]] = field(default_factory=dict)
    _stuck: dict[str, set[str]] = field(default_factory=dict)
    _begun: list[Forked] = field(default_factory=list)
    _seen: int = 0
    _copied: frozenset[str] | None = None
    _cap_copied: int | None = None
    _listed: set[str] = field(default_factory=set)
    _listed_then: frozenset[str] = frozenset()
    _written_off: set[str] = field(default_factory=set)
    _written_then: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.disk.mkdir(parents=True)
        self.databases.lay(self.home)
        self.shop = Shop(SELLERS[self.kind], self.folder / "bill.jsonl")
        for name, shots in FILMS.items():
            self.plan(name).write_text(plan_of(name, shots))

    @property
    def wanted(self) -> Counter[str]:
        """How often each prompt was asked for, on purpose: more of it than that may not be bought."""
        return self.typed + self.more

    @property
    def home(self) -> Path:
        return self.disk / "home"

    @property
    def database(self) -> str:
        return self.databases.url(self.home)

    @property
    def bill(self) -> tuple[Charge, ...]:
        return self.shop.charges

    @property
    def asked(self) -> Path:
        return self.folder / "asked"

    @property
    def ballast(self) -> Path:
        return self.disk / "ballast"

    def end(self) -> None:
        """Close the shop and take everything away. May be called twice."""
        if self.folder.exists():
            for life in self._begun:
                life.kill()
                life.communicate(timeout=LIFE_S)
            shutil.rmtree(self.disk)
            shutil.rmtree(self.folder)
            self.shop.close()
            self.databases.drop()

    # ---- what is done
    def do(
        self, verb: str, args: Mapping[str, Any] | None = None, by: Accidental = NONE, times: int = 1
    ) -> list[dict[str, Any] | None]:
        """Do it, ``times`` at one moment in processes of their own. None for a process that was killed."""
        lives = [self.start(verb, args, by) for _ in range(times)]
        if by.kill_after_s is not None:
            time.sleep(by.kill_after_s)
            for life, _ in lives:
                life.kill()
        ends = [self._end(life, act) for life, act in lives]
        self._note(verb, args, by, times, ends)
        if self.full or by.accident == "fill":
            self.make_room()
        return ends

    def want_film(self, film: str) -> None:
        """Remember that every shot of it was asked for."""
        for shot in FILMS[film]:
            self._want(shot, 1)

    def judge_end(self, life: Forked, act: Act) -> None:
        """Wait for what was started, note it, and judge the account."""
        ends = [self._end(life, act)]
        self._note(act.verb, act.args, NONE, 1, ends)
        self._judge(ends, 1, 0)

    def start(self, verb: str, args: Mapping[str, Any] | None = None, by: Accidental = NONE) -> tuple[Forked, Act]:
        act = Act(
            verb=verb, args=dict(args or {}), home=str(self.home), database=self._setting, seller=self.kind,
            url=self.shop.url, accident=by.accident, place=by.place, clock_s=self.clock_s, jump_s=by.jump_s,
            asked=str(self.asked), ballast=str(self.ballast),
        )  # fmt: skip
        at = {"REELWRIGHT_CRASH_AT": by.place} if by.accident and by.place != DELIVERY else {}
        env = environment(**at, **(self._shell if verb == "cli" else {}))
        life = self.forks.start([act.to_json()], env)
        self._begun.append(life)
        return life, act

    @property
    def _shell(self) -> dict[str, str]:
        """What the shell of this person has set."""
        name = SELLERS[self.kind].name
        keys = {"replicate": "REPLICATE_API_TOKEN", "openrouter": "OPENROUTER_API_KEY"}
        said = {"REELWRIGHT_HOME": str(self.home), "REELWRIGHT_HANDS": "1", keys[name]: SECRET}
        said |= {f"REELWRIGHT_{name.upper()}_BASE_URL": self.shop.url, "REELWRIGHT_MODEL": SELLERS[self.kind].model}
        return {**said, **({"REELWRIGHT_DATABASE": self._setting} if self._setting else {})}

    def type(self, *argv: str, by: Accidental = NONE, times: int = 1) -> list[Typed]:
        """Type a command line, ``times`` at one moment; no judgement yet."""
        lives = [self.start("cli", {"argv": list(argv), "out": str(self.disk / "out")}, by) for _ in range(times)]
        ended = [(life.communicate(timeout=LIFE_S), life.returncode) for life, _ in lives]
        ends = [Typed(-1 if code is None else code, out, err) for (out, err), code in ended]
        said = [f"{end.code} {end.err.strip()[-200:]}" for end in ends]
        self.told.append(f"{' '.join(argv)} x{times} {by if by != NONE else ''} -> {said}")
        assert not any("Traceback" in end.err for end in ends), f"{ends}\n{self.story}"
        return ends

    def _end(self, life: Forked, act: Act) -> dict[str, Any] | None:
        try:
            out, err = life.communicate(timeout=LIFE_S)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end: {act.verb} {act.args}\n{self.story}\n{life.stacks()}") from None
        self._begun.remove(life)
        life.discard()
        if life.returncode == -9:
            return None
        assert life.returncode == 0, f"{err}\n{self.story}"
        found: dict[str, Any] = json.loads(out.splitlines()[-1])
        assert found["state"] != "fault", f"{found['said']}\n{self.story}"
        return found

    def _note(self, verb: str, args: Mapping[str, Any] | None, by: Accidental, times: int, ends: Sequence[Any]) -> None:
        said = [
            f"{end['state']} {end.get('error', '')} {end.get('said', '')}".strip() if end else "killed" for end in ends
        ]
        new = [f"{one.prompt}: {one.id[:8]} {one.over}".strip() for one in bought_on(self.bill)[self._seen :]]
        self._seen += len(new)
        way = f" x{times}" if times > 1 else ""
        self.told.append(f"{verb} {dict(args or {})}{way}{'' if by == NONE else f' {by}'} -> {said}; bill: {new}")
        for end in ends:
            self.came[
                verb if verb != "project" else str((args or {}).get("way")), end["state"] if end else "killed"
            ] += 1

    @property
    def story(self) -> str:
        """Everything that was done."""
        return "\n".join(f"  {n}. {line}" for n, line in enumerate(self.told, 1))

    # ---- what is asked for
    def clip(
        self,
        prompt: str,
        samples: int = 1,
        by: Accidental = NONE,
        times: int = 1,
        inside: int = 1,
        *,
        again: bool = False,
    ) -> None:
        """``times`` at once in processes of their own, ``inside`` at once in one process."""
        args: dict[str, Any] = {"prompt": prompt, "out": str(self.disk / "out")}
        args |= {"again": True} if again else {}
        args |= {"samples": samples} if samples > 1 else {}
        args |= {"times": inside} if inside > 1 else {}
        if again:
            self._ask_again(f"clip {prompt}", prompt)
        else:
            self._want(prompt, max(samples, inside))
        self._typed("clip", args, {prompt}, by, times, samples)

    def batch(self, prompts: Sequence[str], by: Accidental = NONE, times: int = 1) -> None:
        for prompt, count in Counter(prompts).items():
            self._want(prompt, count)
        args = {"prompts": list(prompts), "out": str(self.disk / "rows")}
        self._typed("batch", args, set(prompts), by, times, 0)

    def make(self, film: str, by: Accidental = NONE, times: int = 1, *, again: bool = False, new: bool = False) -> None:
        for shot in FILMS[film]:
            if again:
                self._ask_again(f"make {film} {shot}", shot)
            else:
                self._want(shot, 1)
        args: dict[str, Any] = {"brief": f"A film called {film}", "plan": str(self.plan(film))}
        args |= {"again": True} if again else {}
        args |= {"new": True} if new else {}
        self._typed("make", args, set(FILMS[film]), by, times, 1)

    def project(self, nth: int, way: str, by: Accidental = NONE, **more: Any) -> None:
        """Cancel, resume, retry, edit or retake the ``nth`` project."""
        self.asked.unlink(missing_ok=True)
        before = bought_on(self.bill)
        ends = self.do("project", {"nth": nth, "way": way, **more}, by)
        for line in self.asked.read_text().splitlines() if self.asked.exists() else ():
            said = json.loads(line)
            if "edit" in said:
                self._want(said["edit"], 1)
                self._let_go(said["was"])
            else:
                self._ask_again(f"retake {said['project']} {called(said['retake'])}", said["retake"], before)
        self._stuck.clear()
        self._judge(ends, 1, 0)

    def _typed(
        self, verb: str, args: Mapping[str, Any], prompts: set[str], by: Accidental, times: int, least: int
    ) -> None:
        name = f"{verb} {json.dumps(dict(args), sort_keys=True)}"
        before = bought_on(self.bill)
        ends = self.do(verb, args, by, times)
        self._judge(ends, times, least)
        new = [one for one in bought_on(self.bill)[len(before) :] if one.over != "cancelled"]
        known = self._stuck.pop(name, set())
        again = {one.prompt for one in new} & known
        assert not again, f"{again} was filtered here, and was sent again when typed again\n{self.story}"
        # the keyed wire says of what a filter took that it failed, which may pass
        stuck = known | {one.prompt for one in new if one.over == "filtered" and self.kind != "key"}
        stuck -= {one.prompt for one in new if not one.over}
        self._stuck = {other: kept - {called(p) for p in prompts} for other, kept in self._stuck.items()}
        if stuck and times == 1 and ends[0] is not None and not args.get("again"):
            self._stuck[name] = stuck

    def _want(self, prompt: str, count: int) -> None:
        self.typed[called(prompt)] = max(self.typed[called(prompt)], count)

    def _ask_again(self, place: str, prompt: str, before: Sequence[account.Bought] | None = None) -> None:
        """Ask for one more on purpose, unless the last that ``place`` asked for so has not landed: that one is meant.

        ``before``: the bill as it was before.
        """
        name = called(prompt)
        bill = bought_on(self.bill) if before is None else before
        came = {one.id: one for one in bill if one.prompt == name and not one.over}
        since = [one for one in came.values() if one.id not in self._again.get(place, came)]
        if place in self._again and not any(map(self._is_here, since)):
            return
        self.more[name] += 1
        self._again[place] = frozenset(came)

    def _let_go(self, prompt: str) -> None:
        """A film that was asked for again may be done without this shot; the next one asked for has it once more."""
        self._again = {place: came for place, came in self._again.items() if not place.endswith(f" {prompt}")}

    def _is_here(self, one: account.Bought) -> bool:
        return (self.home / "vault" / "local" / one.digest[:2] / one.digest).is_file()

    def cancel_in_the_middle(self, film: str) -> None:
        """Cancel the newest project while the film is being made, and wait for both."""
        self.want_film(film)
        self.shop.render_for(1.0)
        before = self.shop.submits
        making = self.start("make", {"brief": f"A film called {film}", "plan": str(self.plan(film))})
        while self.shop.submits == before and making[0].poll() is None:
            time.sleep(0.01)
        cancelling = self.start("project", {"nth": 0, "way": "cancel"})
        ends = [self._end(life, act) for life, act in (making, cancelling)]
        self.shop.render_for(0.0)
        self._note("make and cancel", {"film": film}, NONE, 1, ends)
        self._stuck.clear()
        self._judge(ends, 1, 0)

    def set_budget(self, takes: int) -> None:
        """Cap the account at what `spend` shows and so many takes more."""
        price = next((one.micros for one in bought_on(self.bill) if one.micros), None)
        if price is not None:
            shown = sum(charge.micros for charge in self.bill if charge.submission not in self._unknown)
            (end,) = self.do("budget", {"usd": f"{(shown + takes * price) / 1e6:.6f}"})
            if end and end["state"] == "done":
                self.cap = sum(charge.micros for charge in self.bill) + takes * price

    # ---- what happens to them
    def set_clock(self, seconds: float, *, server: bool) -> None:
        self.clock_s = seconds
        self.databases.shift(seconds if server else 0.0)
        self.told.append(f"the clock is {seconds:+} s off{', the database’s too' if server else ''}")

    def fill_disk(self) -> None:
        from person.life import fill

        fill(self.ballast)
        self.full = True
        self.told.append("the disk is full")

    def make_room(self) -> None:
        self.ballast.unlink(missing_ok=True)
        self.full = False

    def copy_home(self) -> None:
        """Keep a copy of everything, while nothing runs. A home that has bought nothing yet is like any new one."""
        self.make_room()
        if self.bill:
            shutil.rmtree(self.disk / "copy", ignore_errors=True)
            shutil.copytree(self.home, self.disk / "copy")
            self.databases.copy()
            self._copied = frozenset(one.id for one in bought_on(self.bill))
            self._cap_copied = self.cap
            self._listed_then, self._written_then = frozenset(self._listed), frozenset(self._written_off)
            self.told.append("the home is copied")

    def restore_home(self) -> None:
        """Put the copy in the place of what is there."""
        if self._copied is None:
            return
        self.make_room()
        shutil.rmtree(self.home)
        shutil.copytree(self.disk / "copy", self.home)
        self.databases.restore()
        self.told.append("the copy is put back")
        later = [one for one in bought_on(self.bill) if one.id not in self._copied]
        self._written_off = set(self._written_then)
        if self.kind == "list":  # reconciling reads it: what it shows may not be bought again
            self._listed |= {one.id for one in later} | self._listed_then
        else:  # neither journal, vault nor a list knows it any more, only the person does, who is asked
            self.excused |= {one.id for one in later}
            self.more.update(one.prompt for one in later if not one.over)
        # The budget is the copy's, which counts what its own journal knows.
        self.cap = None if self._cap_copied is None else self._cap_copied + sum(one.micros for one in later)
        self.check_nothing_is_bought_before_reconciling()

    def check_nothing_is_bought_before_reconciling(self) -> None:
        """A journal older than the world buys nothing."""
        before = len(bought_on(self.bill))
        self.more[called("Boat drifts")] += 1  # it waits, and is bought once that project is resumed
        ends = self.do("clip", {"prompt": "Boat drifts", "out": str(self.disk / "out"), "again": True})
        assert len(bought_on(self.bill)) == before, f"a copy bought before it was reconciled: {ends}\n{self.story}"
        ends = self.do("reconcile")
        assert ends[0] and ends[0]["state"] == "done", f"it cannot be reconciled\n{self.story}"

    def decide_all(self, verdict: str = "told") -> None:
        """Say of everything that nobody knows what the provider's own page shows; or write it off."""
        (end,) = self.do("spend")
        assert end, self.story
        taken = {row["operation"] for row in end.get("rows", ()) if row["operation"]} | self._written_off
        for row in end.get("rows", ()):
            if row["state"] != "unknown":
                continue
            # Last comes what the copy cannot have sent; of equal works the page shows when each was made.
            there = (one for one in self._sent_for(row["id"]) if one.id not in taken)
            theirs = min(there, key=lambda one: one.id in self.excused | self._listed, default=None)
            said: dict[str, Any] = {"purchase": row["id"], "verdict": "never"}
            if theirs:
                taken.add(theirs.id)
                said |= {"verdict": "arrived", "operation": theirs.id}
            if verdict == "written-off":
                said = {"purchase": row["id"], "verdict": "written-off", "adjust": not theirs or not theirs.micros}
                if theirs:
                    self.more[theirs.prompt] += 1
                    self._listed.discard(theirs.id)  # it stands in the ledger, though without a name
                    self._written_off.add(theirs.id)
            self.do("decide", said)
        self._stuck.clear()

    def _sent_for(self, purchase: str) -> list[account.Bought]:
        """What stands on the provider's page for the prompt of a purchase, the newest first."""
        from sqlalchemy import create_engine, make_url, text

        engine = create_engine(make_url(self.database))
        with engine.connect() as conn:
            query = text("SELECT prepared_request FROM purchases WHERE id = :id")
            prepared = str(conn.execute(query, {"id": purchase}).scalar_one()).lower()
        engine.dispose()
        return [one for one in reversed(bought_on(self.bill)) if one.prompt in prepared]

    # ---- what must hold
    def _judge(self, ends: Sequence[dict[str, Any] | None], times: int, least: int) -> None:
        faults = [*account.find_double_buys(self.bill, self.wanted), *account.find_overspending(self.bill, self.cap)]
        for end in ends:
            if end and end["state"] == "done" and not end.get("missing"):
                faults += account.find_wrong_deliveries(self.bill, end.get("files", {}), least, self._edited)
                faults += account.find_wrong_takes(self.bill, end.get("takes", {}))
        self._raise(faults)

    @property
    def _edited(self) -> set[str]:
        """What edits made of clips: the same clip typed again is delivered as it was edited last."""
        return {prompt for prompt in self.typed if prompt.endswith(ALONE)}

    def _raise(self, faults: Sequence[Fault]) -> None:
        assert not faults, "\n".join([*map(str, faults), self.story])

    def rest(self) -> None:
        """Bring everything to its rest as a person does on a good day, and judge the account."""
        self.shop.heal()
        self.make_room()
        if self.home.exists():
            if self.cap is not None:
                self.do("no budget")
            for _ in range(REPEATS):
                if not account.find_open(self.database):
                    break
                self.decide_all()
                (end,) = self.do("jobs")
                assert end, self.story
                live = {job["project"] for job in end["jobs"] if job["state"] not in ("done", "cancelled")}
                open_ = set(account.find_open(self.database).values())
                for project in sorted(live | open_):
                    self.do("resume", {"project": project})
            self._raise(list(self._at_rest()))

    def _at_rest(self) -> Iterator[Fault]:
        yield from account.find_double_buys(self.bill, self.wanted)
        unknown = self._unknown
        yield from account.find_losses(self.bill, self.database, self.home / "vault", unknown)
        yield from account.find_false_ledger(self.bill, self.database, unknown)

    @property
    def _unknown(self) -> set[str]:
        """What was bought after a copy stands in the ledger once it was asked for again (a list showed it, or the same
        key was sent), and not before.
        """
        later = self.excused | self._listed
        return later - account.find_named(self.database) if later else later

    @property
    def _setting(self) -> str:
        return "" if self.database.startswith("sqlite") else self.database

    def plan(self, film: str) -> Path:
        return self.folder / f"{film}.yaml"


def _outcome(end: dict[str, Any] | None) -> str:
    if end is None:
        return "killed"
    return f"{end['state']} {end.get('error', '')} {end.get('said', '')}".strip()
