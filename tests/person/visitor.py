"""A person at every door of one account: types, calls over HTTP on a bad line, lets an agent act; judged at rest.

Everything is drawn by one seed. Clients are OpenAI's own, over a line that loses requests and replies by chance.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import openai

from person import account
from person.account import Fault, bought_on, called
from person.doors import Doors
from reelwright.agents.wallet import open_wallet
from reelwright.errors import BadInput, ReelwrightError
from reelwright.providers.fakes.bill import Charge
from reelwright.providers.fakes.script import Behaviour, answer_status, drop, fail_late, filter_samples, swallow

MET: Final[Mapping[str, Behaviour]] = {
    "swallowed": swallow(), "dropped": drop(), "throttled": answer_status(429), "broken": answer_status(500),
    "filtered": filter_samples(), "failed": fail_late(),
}  # fmt: skip
BILLS: Final = ((1.0,), (1.0,), (1.0,), (1.5,), (3.0,), (0.5,))
"""What a take is billed, as a multiple of its quote, from some moment on."""
_PLACES: Final = ("C02:1", "C04:1", "C05:1", "C06:1", "C08:1", "C12:1", "C13:1")
_ENDED: Final = ("done", "failed", "cancelled")
_RESTS_S: Final = 90
_FIRST_HIGHER_BILL: Final = (
    "SELECT min(h.seq) FROM purchase_history h JOIN purchases p ON p.id = h.purchase WHERE p.billed_micros IS NOT NULL"
    " AND h.to_state IN ('succeeded', 'failed', 'settled', 'released') AND p.prepared_request LIKE :n"
)
_SENT_BEFORE: Final = (
    "SELECT p.state, p.quoted_micros, p.operation, coalesce(p.billed_micros, p.settled_micros) AS paid FROM purchases p"
    " WHERE p.prepared_request LIKE :n AND (coalesce(p.billed_micros, p.settled_micros) IS NULL"
    " OR EXISTS (SELECT 1 FROM purchase_history h"
    " WHERE h.purchase = p.id AND h.to_state = 'posting' AND h.seq < :first))"
)
"""What was on its way when the first higher bill was read, and what nobody has an answer of: no cap knows its bill."""
_NEVER: Final = 1 << 62
"""After every entry of the history: no higher bill has been read."""
_UNDONE: Final = (
    "SELECT j.id, j.project, j.state, j.wait_reason, j.reason FROM jobs j JOIN projects p ON p.id = j.project"
    " WHERE p.brief LIKE :n AND (j.finished_at IS NULL OR (j.state = 'failed' AND j.removed_at IS NULL))"
)
"""Jobs that have not come to rest. One that failed and was deleted is tried again by nobody."""
_DELETED: Final = (
    "SELECT p.operation FROM purchases p WHERE p.operation IS NOT NULL AND EXISTS"
    " (SELECT 1 FROM jobs j JOIN projects q ON q.id = j.project WHERE j.project = p.project"
    " AND j.removed_at IS NOT NULL AND q.brief LIKE :n)"
)
_RETRIES: Final = 3
_WORDS: Final = (("Boat", "drifts"), ("Fox", "sleeps"))


class Line(httpx2.AsyncBaseTransport):
    """A line that loses a create's request, or its reply, by chance; ``fates`` are those of each attempt, in order.

    ``late``: the client hangs up while the server is at work on it.
    """

    def __init__(self, drawn: random.Random) -> None:
        self._drawn, self._line = drawn, httpx2.AsyncHTTPTransport()
        self.fates: list[tuple[int, str]] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        fate = "arrives"
        if request.method == "POST":
            fate = self._drawn.choice(("arrives", "arrives", "request lost", "reply lost", "late"))
            self.fates.append((int(request.headers.get("x-stainless-retry-count", "0")), fate))
        if fate == "request lost":
            raise httpx2.ConnectError("the line lost the request")
        if fate == "late":
            try:
                async with asyncio.timeout(self._drawn.choice((0.002, 0.01, 0.03))):
                    return await self._read(request)
            except TimeoutError:
                raise httpx2.ReadTimeout("the client hung up") from None
        answer = await self._read(request)
        if fate == "reply lost":
            raise httpx2.ReadError("the line lost the reply")
        return answer

    async def _read(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._line.handle_async_request(request)
        await answer.aread()
        return answer

    async def aclose(self) -> None:
        await self._line.aclose()


class Client(openai.AsyncOpenAI):
    """OpenAI's client, which waits less before it tries again."""

    def _calculate_retry_timeout(self, *_: Any, **__: Any) -> float:
        return 0.01


@dataclass
class Caller:
    """Who sent a create over HTTP. ``id``: what reached it; ``first``: what became of its first attempt."""

    prompt: str
    key: str
    id: str = ""
    first: str = ""
    own_key: str = ""
    has_asked: bool = False
    may_have_arrived: bool = False


@dataclass
class Visitor:
    """``n``: the number of the sequence, in every prompt of it. ``typed``: how often each prompt is wanted by what was
    typed or ordered by an agent, at doors where equal words are one order, and equal calls of one program
    so many; ``more``: what was asked for again, on purpose. ``asks_in_turn``: each caller asks for the id that reached
    it before the next caller sends, so that no two may have one.
    """

    doors: Doors
    n: int
    drawn: random.Random
    acts: int
    forks: bool = True
    typed: Counter[str] = field(default_factory=Counter)
    more: Counter[str] = field(default_factory=Counter)
    callers: list[Caller] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)
    cap: int | None = None
    asks_in_turn: bool = False
    _deleted: set[str] = field(default_factory=set)
    _behind_cancels: set[str] = field(default_factory=set)
    """Jobs that a retry queued behind a cancel that was still at work: the same order, not another one."""
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _secret: str = ""
    _calls: Counter[str] = field(default_factory=Counter)

    @property
    def prompts(self) -> list[str]:
        return [f"{thing} number {self.n} {does}" for thing, does in _WORDS]

    def _tell(self, said: str) -> None:
        self.told.append(said)

    # ---- a sequence
    async def live(self) -> None:
        """Do everything, rest, and judge. Raises ``AssertionError`` with all that was done."""
        self.asks_in_turn = self.drawn.random() < 0.5
        try:
            await self._open()
            done = 0
            while done < self.acts:
                at_once = self.drawn.choice((1, 1, 1, 2, 3))
                acts = [self._draw() for _ in range(at_once)]
                await asyncio.gather(*(act() for act in acts))
                done += at_once
            bill = self._billed()
            await self._rest(bill)
        except (TimeoutError, ReelwrightError, openai.OpenAIError, httpx2.HTTPError) as error:
            open_ = f"open: {dict(account.find_open(self._database))}"
            told = "\n".join((self.story, open_, *await self._list_history()))
            raise AssertionError(f"{type(error).__name__}: {error}\n{told}") from error

    @property
    def story(self) -> str:
        return "\n".join(f"  {number}. {line}" for number, line in enumerate(self.told, 1))

    def _draw(self) -> Callable[[], Awaitable[None]]:
        ways: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (6, self._create), (2, self._create_natively), (3, self._stop), (2, self._retry), (3, self._let_agent_make),
            (1, self._let_agent_change), (2, self._call_library), (2, self._meet), (1, self._bill_otherwise),
            (1, self._cap), (1, self._render), (2, self._type if self.forks else self._call_library),
        ]  # fmt: skip
        return self.drawn.choices([way for _, way in ways], [weight for weight, _ in ways])[0]

    async def _open(self) -> None:
        """Prices of one take are known from the first that is bought; keys and the wallet have room for some takes."""
        studio = self.doors.studio
        await self.doors.pass_a_day()  # the sequences before this one are other days of the same account
        quote = await studio.quote_clip(self.prompts[0], model=self.doors.seller.model)
        self.price = int(quote.micros)
        made = await studio.create_api_key(
            f"sequence {self.n}", "producer", auto_approve="5", budget=f"{4 * self.price / 1e6:.6f}"
        )
        self._secret, self.keys[made.secret] = made.secret, 4 * self.price
        self._key_id = made.api_key.id
        (spent,) = await self.doors.read(
            "SELECT coalesce(sum(settled_micros), 0) FROM budgets WHERE subject = 'wallet/agents'"
        )
        self._wallet = int(spent[0]) + 3 * self.price
        await open_wallet(studio, "agents", f"{self._wallet / 1e6:.6f}")

    # ---- over HTTP
    async def _create(self) -> None:
        """One to three equal callers at one moment, each with OpenAI's client and its two retries."""
        prompt, secret = self.drawn.choice(self.prompts), self.drawn.choice(("", self._secret))
        own_key = f"{self.n}-{self.drawn.randrange(3)}" if self.drawn.random() < 0.25 else ""
        if own_key:
            own_key = f"{own_key}-{called(prompt)[:3]}"
        asks_at_once = self.asks_in_turn or self.drawn.random() < 0.7
        callers = [Caller(prompt, secret, own_key=own_key) for _ in range(self.drawn.choice((1, 1, 2, 3)))]
        self.callers += callers
        await asyncio.gather(*(self._call(caller, asks_at_once, self.drawn.random()) for caller in callers))

    async def _call(self, caller: Caller, asks_at_once: bool, seed: float) -> None:
        if self.asks_in_turn:
            async with self._turn:
                await self._send(caller, asks_at_once, seed)
        else:
            await self._send(caller, asks_at_once, seed)

    async def _send(self, caller: Caller, asks_at_once: bool, seed: float) -> None:
        line = Line(random.Random(seed))
        more: Any = {"extra_headers": {"Idempotency-Key": caller.own_key}} if caller.own_key else {}
        async with (
            httpx2.AsyncClient(transport=line, timeout=30) as http,
            Client(
                base_url=f"{self.doors.server.url}/v1", api_key=caller.key or "sk-any", max_retries=2, http_client=http
            ) as client,
        ):
            said = ""
            try:
                video = await client.videos.create(prompt=caller.prompt, model=self.doors.seller.model, **more)  # type: ignore[arg-type]
                caller.id = video.id
            except openai.APIStatusError as error:
                said = f"{error.status_code} {error.code}"
            except openai.APIConnectionError:
                said = "no answer"
            caller.first = line.fates[0][1]
            caller.may_have_arrived = any(fate != "request lost" for _, fate in line.fates)
            if caller.id and asks_at_once:
                caller.has_asked = True
                try:
                    await client.videos.retrieve(caller.id)
                except openai.NotFoundError:
                    assert caller.id in self._deleted, f"{caller.id} was answered and is not there\n{self.story}"
        self._tell(
            f"create {caller.prompt} {caller.own_key} {'key' if caller.key else ''} {line.fates} -> {caller.id or said}"
        )

    async def _create_natively(self) -> None:
        prompt = self.drawn.choice(self.prompts)
        own_key = f"native-{self.n}-{self.drawn.randrange(2)}-{called(prompt)[:3]}"
        caller = Caller(prompt, "", own_key=own_key, first="arrives", may_have_arrived=True)
        self.callers.append(caller)
        answer = await self._http(
            "POST", "/api/v1/clips", {"prompt": prompt, "model": self.doors.seller.model}, {"Idempotency-Key": own_key}
        )
        caller.id = answer.json().get("job", "")

    def _known(self) -> str | None:
        ids = sorted({caller.id for caller in self.callers if caller.id})
        return self.drawn.choice(ids) if ids else None

    async def _stop(self) -> None:
        if job := self._known():
            for caller in self.callers:
                caller.has_asked |= caller.id == job
            way = self.drawn.choice(("cancel", "delete", "delete"))
            if way == "cancel":
                await self._http("POST", f"/api/v1/jobs/{job}/cancel")
            else:
                self._deleted.add(job)  # before it is sent: who has the same key may ask for it meanwhile
                await self._http("DELETE", f"/v1/videos/{job}")

    async def _retry(self) -> None:
        if job := self._known():
            body = {"max_usd": "5", "accept_unconfirmed": True}
            answer = await self._http("POST", f"/api/v1/jobs/{job}/retry", body)
            if answer.status_code == 202 and answer.json()["job"] != job:
                self._behind_cancels.add(answer.json()["job"])

    async def _http(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx2.Response:
        answer = await self.doors.http.request(method, path, json=body, headers=headers)
        self._tell(f"{method} {path} {body or ''} {headers or ''} -> {answer.status_code} {answer.text[:160]}")
        assert answer.status_code < 500, self.story
        return answer

    # ---- an agent
    async def _let_agent_make(self) -> None:
        prompt, again = self.drawn.choice(self.prompts), self.drawn.random() < 0.2
        self._want(prompt, again)
        more = {"again": True} if again else {}
        answer = await self.doors.agent.call("make", clip=prompt, model=self.doors.seller.model, **more)
        self._tell(f"agent makes {prompt} {more} -> {answer.fields.get('state')} {answer.code or ''}")

    async def _let_agent_change(self) -> None:
        rows = await self.doors.read("SELECT id, brief FROM projects WHERE brief LIKE :n", n=f"%number {self.n} %")
        if not rows:
            return
        project, brief = self.drawn.choice(sorted(map(tuple, rows)))
        tool = self.drawn.choice(("cancel", "retake"))
        if tool == "retake":
            prompt = next(prompt for prompt in self.prompts if prompt in brief)
            self.more[called(prompt)] += 1
        answer = await self.doors.agent.call(tool, project=project, **({"shot": 1} if tool == "retake" else {}))
        self._tell(f"agent: {tool} {project} -> {answer.fields.get('state')} {answer.code or ''}")

    def _want(self, prompt: str, again: bool = False) -> None:
        if again:
            self.more[called(prompt)] += 1
        self.typed[called(prompt)] = max(self.typed[called(prompt)], 1)

    # ---- a program with the library, and a command line
    async def _call_library(self) -> None:
        """A clip, or a batch of two equal rows; by chance it is interrupted."""
        prompt = self.drawn.choice(self.prompts)
        studio, terms = self.doors.studio, {"model": self.doors.seller.model, "yes": True, "accept_unconfirmed": True}
        rows = self.drawn.choice((0, 0, 1, 2))
        self._want(prompt)
        if rows > 1:
            self.more[called(prompt)] += 1
        folder = self.doors.settings.home.parent / "out"
        going: Any = studio.batch([prompt] * rows, out=folder, **terms) if rows else studio.clip(prompt, **terms)
        self._calls[prompt] += 0 if rows else 1
        self.typed[called(prompt)] = max(self.typed[called(prompt)], self._calls[prompt])
        task = asyncio.create_task(going)
        done, _ = await asyncio.wait({task}, timeout=self.drawn.choice((0.05, 1.0, 3.0)))
        if not done:
            task.cancel()
            await asyncio.wait({task})
        said = "interrupted"
        if done:
            said = type(task.exception()).__name__ if task.exception() else str(task.result())[:400]
            assert task.exception() is None or isinstance(task.exception(), ReelwrightError), f"{said}\n{self.story}"
        self._tell(f"library: {rows or 'clip'} {prompt} -> {said}")

    async def _type(self) -> None:
        """A clip in a process of its own, which is killed at a place or at some time, or left to end."""
        prompt = self.drawn.choice(self.prompts)
        self._want(prompt)
        place = self.drawn.choice((*_PLACES, "", "", ""))
        life = self.doors.start_verb(
            "clip", {"prompt": prompt, "out": str(self.doors.settings.home.parent / "out")}, place
        )
        after_s = None if place else self.drawn.choice((None, 0.1, 0.3))
        if after_s is not None:
            await asyncio.sleep(after_s)
            life.kill()
        out, err = await asyncio.to_thread(life.communicate, 90)
        self._tell(f"types {prompt} {place} {after_s or ''} -> {life.returncode} {out.strip()[-200:]}")
        assert life.returncode in (0, -9), f"{err}\n{self.story}"

    # ---- what befalls them
    async def _meet(self) -> None:
        met = self.drawn.choice(sorted(MET))
        self.doors.shop.meet_next(MET[met])
        self._tell(f"the next submit is {met}")

    async def _bill_otherwise(self) -> None:
        if self.doors.kind == "list":  # its answers do not tell what it bills, so that nobody could know
            return
        bills = self.drawn.choice(BILLS)
        self.doors.shop.bill_at(bills)
        self._tell(f"takes are billed {bills} times their quote")

    async def _render(self) -> None:
        self.doors.shop.render_for(self.drawn.choice((0.0, 0.2, 0.5)))

    async def _cap(self) -> None:
        """Cap the account at what is spent and on its way, and a few takes more."""
        room = self.drawn.randint(0, 3) * self.price
        (row,) = await self.doors.read(
            "SELECT reserved_micros + settled_micros AS used FROM budgets WHERE id LIKE '%account%ever%'"
        )
        try:
            cap = int(row.used) + room
            await self.doors.studio.set_budget("account", f"{cap / 1e6:.6f}")
            self.cap = cap
            self._tell(f"the account is capped at {cap}")
        except BadInput as error:
            self._tell(f"the account cannot be capped: {error}")

    # ---- at rest
    def _billed(self) -> int:
        return sum(charge.micros for charge in self.doors.shop.charges)

    async def _rest(self, billed: int) -> None:
        """Bring everything to its rest as a person does on a good day, and judge the account."""
        doors = self.doors
        await self._judge_caps(billed)
        doors.shop.heal()
        await doors.studio.set_budget("account", "1000000")
        await doors.studio.set_budget("key", "1000", of=self._key_id)
        await open_wallet(doors.studio, "agents", "1000000")
        retried: Counter[str] = Counter()
        async with asyncio.timeout(_RESTS_S):
            while True:
                await self._decide()
                rows = await doors.read(_UNDONE, n=f"%number {self.n} %")
                left = [row for row in rows if retried[row.id] < _RETRIES or row.state not in ("failed", "waiting")]
                if not left and not account.find_open(self._database):
                    break
                for row in left:
                    if row.state in ("failed", "waiting"):
                        retried[row.id] += 1
                        await self._go_on(row)
                await asyncio.sleep(0.1)
        for row in rows:
            assert await self._was_filtered(row.project), f"{row} does not come to its end\n{self.story}"
        faults = await self._list_faults()
        assert not faults, "\n".join([*map(str, faults), self.story, *await self._list_history()])

    async def _list_history(self) -> list[str]:
        """List what became of every purchase of this sequence, for whoever reads a failure."""
        query = (
            "SELECT h.seq, h.purchase, p.project, p.job, p.order_number, p.attempt, p.quoted_micros, p.billed_micros,"
            " h.from_state, h.to_state, h.reason FROM purchase_history h"
            " JOIN purchases p ON p.id = h.purchase JOIN projects j ON j.id = p.project"
            " WHERE j.brief LIKE :n AND p.step LIKE 'take/%' ORDER BY h.seq"
        )
        return [f"  {tuple(row)}" for row in await self.doors.read(query, n=f"%number {self.n} %")]

    async def _go_on(self, row: Any) -> None:
        """Let a job that failed or waits go on, at any price."""
        told = f"at rest {row.id} is {row.state} {row.wait_reason or ''}"
        try:
            await self.doors.studio.enqueue_retry(row.id, budget="20", accept_unconfirmed=True)
        except ReelwrightError as error:
            told += f", and is not retried: {error.code}"
        self._tell(told)

    async def _was_filtered(self, project: str) -> bool:
        """Whether the provider kept what a project bought: that is shown, and is not sent again by itself."""
        rows = await self.doors.read("SELECT operation FROM purchases WHERE project = :project", project=project)
        over = {one.id for one in bought_on(self.doors.shop.charges) if one.over in ("filtered", "failed")}
        return any(row.operation and name in row.operation for row in rows for name in over)

    @property
    def _database(self) -> str:
        return self.doors.settings.database or f"sqlite:///{self.doors.settings.home / 'journal.db'}"

    async def _decide(self) -> None:
        """Say of everything that nobody knows what the provider's own page shows."""
        rows = await self.doors.read("SELECT id, prepared_request FROM purchases WHERE state = 'unknown'")
        if not rows:
            return
        taken = set(account.find_named(self._database))
        for row in rows:
            there = [
                o
                for o in bought_on(self.doors.shop.charges)
                if o.prompt in row.prepared_request.lower() and o.id not in taken
            ]
            said: dict[str, Any] = {"verdict": "never"}
            if there:
                taken.add(there[-1].id)
                said = {"verdict": "arrived", "operation": there[-1].id}
            try:
                await self.doors.studio.decide(row.id, **said)
            except ReelwrightError as error:  # a director was quicker
                said["error"] = str(error)
            self._tell(f"decides {row.id}: {said}")

    # ---- what must hold
    async def _judge_caps(self, billed: int) -> None:
        """No cap is passed but by bills of what was on its way when the first higher bill was read, or still is."""
        ((first,),) = await self.doors.read(_FIRST_HIGHER_BILL, n=f"%number {self.n} %")
        rows = await self.doors.read(_SENT_BEFORE, n=f"%number {self.n} %", first=_NEVER if first is None else first)
        excess = sum(max(0, row.paid - row.quoted_micros) for row in rows if row.paid is not None)
        excess += self._sum_unread([row for row in rows if row.paid is None and row.state != "released"])
        if self.cap is not None and billed > self.cap + excess:
            history = "\n".join(await self._list_history())
            raise AssertionError(f"{billed} is billed, the cap is {self.cap} and {excess}\n{self.story}\n{history}")
        for subject, cap in ((self._key_id, 4 * self.price), ("wallet/agents", self._wallet)):
            rows = await self.doors.read(
                "SELECT settled_micros, reserved_micros FROM budgets WHERE subject = :of", of=subject
            )
            for row in rows:
                assert row.settled_micros <= cap + excess, (
                    f"{subject} has spent {row} of {cap} and {excess}\n{self.story}"
                )

    def _sum_unread(self, under_way: Sequence[Any]) -> int:
        """Sum what is billed above their quotes for purchases whose bill is not read yet; some have no operation."""
        bill = [one for one in bought_on(self.doors.shop.charges) if f"number {self.n} " in one.prompt]
        known = "".join(row.operation or "" for row in under_way)
        above = {one.id: max(0, one.micros - self.price) for one in bill}
        named = account.find_named(self._database)
        unnamed = sorted((micros for name, micros in above.items() if name not in named), reverse=True)
        nameless = sum(row.operation is None for row in under_way)
        return sum(micros for name, micros in above.items() if name in known) + sum(unnamed[:nameless])

    async def _list_faults(self) -> list[Fault]:
        bill = self.doors.shop.charges
        names = {one.submission for one in bill if f"number {self.n} " in str(one.facts)}
        own = [one for one in bill if one.submission in names]
        gone = await self.doors.read(_DELETED, n=f"%number {self.n} %")
        deleted = {one.id for one in bought_on(own) for row in gone if one.id in row.operation}
        orders = await self._list_orders()
        wanted: Counter[str] = Counter(self.more)
        wanted.update(self.typed)
        wanted.update(called(prompt) for prompt, _ in orders.values())
        faults = await asyncio.to_thread(self._judge_account, bill, own, wanted, deleted)
        faults += self._judge_ids(orders)
        came = Counter(one.prompt for one in bought_on(own) if not one.over)
        done = Counter(called(prompt) for prompt, state in orders.values() if state == "done")
        for prompt, count in done.items():
            if came[prompt] < count:
                faults.append(Fault("lost", f"{count} orders of {prompt!r} are done, and {came[prompt]} were bought"))
        return faults

    def _judge_account(
        self, bill: Sequence[Charge], own: Sequence[Charge], wanted: Mapping[str, int], deleted: Set[str]
    ) -> list[Fault]:
        """Judge what was bought in this sequence (``own``), and the ledger by the whole ``bill``."""
        return [
            *account.find_double_buys(own, wanted),
            *account.find_losses(own, self._database, self.doors.settings.home / "vault", deleted),
            *account.find_false_ledger(bill, self._database),
        ]

    async def _list_orders(self) -> dict[str, tuple[str, str]]:
        """Prompt and state of every job that a create request made, by its id, also of deleted ones."""
        rows = await self.doors.read(
            "SELECT j.id, j.state, p.brief FROM requests r JOIN jobs j ON j.id = r.job JOIN projects p"
            " ON p.id = j.project WHERE p.brief LIKE :n", n=f"%number {self.n} %",
        )  # fmt: skip
        made = [row for row in rows if row.id not in self._behind_cancels]
        return {row.id: (next(one for one in self.prompts if one in row.brief), row.state) for row in made}

    def _judge_ids(self, orders: Mapping[str, tuple[str, str]]) -> list[Fault]:
        """Ids are orders, but for what no server can tell apart (``store/test_repeats.py``)."""
        faults: list[Fault] = []
        groups: dict[tuple[str, str], list[Caller]] = {}
        for one in self.callers:
            groups.setdefault((one.prompt, one.own_key or f"sent by {one.key}"), []).append(one)
        most: Counter[str] = Counter()
        for (prompt, key), callers in groups.items():
            ids = [one.id for one in callers if one.id]
            unknown = sorted(set(ids) - set(orders))
            if unknown:
                faults.append(Fault("lost", f"{unknown} were answered for {prompt!r}, and no such orders are there"))
            if not key.startswith("sent by"):
                most[prompt] += 1
                if len(set(ids)) > 1:
                    faults.append(Fault("bought twice", f"the key {key} was answered with {ids}"))
                continue
            most[prompt] += sum(one.may_have_arrived for one in callers)
            can_be_shared = not self.asks_in_turn and any(one.first != "arrives" for one in callers)
            if len(set(ids)) < len(ids) and not can_be_shared:
                faults.append(Fault("lost", f"{len(ids)} callers of {prompt!r} have {len(set(ids))} ids: {ids}"))
        made = Counter(prompt for prompt, _ in orders.values())
        for prompt, count in made.items():
            if count > most[prompt]:
                faults.append(Fault("bought twice", f"{count} orders of {prompt!r} for {most[prompt]} callers"))
        return faults
