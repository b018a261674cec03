"""Several fakes at one address, as a proxy or a provider of many services has them."""

from __future__ import annotations

from typing import ClassVar

from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply


class Several(Fake):
    """A call is for the first of them that knows what it is for, else for the first of all."""

    name: ClassVar[str] = "several"

    def __init__(self, *fakes: Fake) -> None:
        super().__init__(fakes[0].bill, fakes[0].script, fakes[0].footage, fakes[0].secret)
        self._fakes = fakes

    def whose(self, call: Call) -> Fake:
        return next((fake for fake in self._fakes if fake.kind(call) != "other"), self._fakes[0])

    async def close(self) -> None:
        for fake in self._fakes:
            await fake.close()

    def kind(self, call: Call) -> Kind:
        return self.whose(call).kind(call)

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        return await self.whose(call).answer(call, met)

    def refusal(self, code: int, said: str) -> Reply:
        return self._fakes[0].refusal(code, said)
