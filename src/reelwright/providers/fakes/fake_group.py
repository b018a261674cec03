"""Several fakes at one address, like a proxy or a provider of many services."""

from __future__ import annotations

from typing import ClassVar

from reelwright.providers.fakes.script import Behaviour, Kind
from reelwright.providers.fakes.wire import Call, Fake, Reply


class FakeGroup(Fake):
    """Several fakes at one address. The first fake that recognizes a call answers it, else the first of all."""

    name: ClassVar[str] = "several"

    def __init__(self, *fakes: Fake) -> None:
        super().__init__(fakes[0].bill, fakes[0].script, fakes[0].footage, fakes[0].secret)
        self._fakes = fakes

    def choose_fake(self, call: Call) -> Fake:
        """Return the first fake of the group that recognizes ``call``, else the first of all."""
        return next((fake for fake in self._fakes if fake.identify_kind(call) != "other"), self._fakes[0])

    async def close(self) -> None:
        """Close every fake of the group."""
        for fake in self._fakes:
            await fake.close()

    def identify_kind(self, call: Call) -> Kind:
        """Return which method of ``Provider`` the call serves, as the fake that recognizes it says."""
        return self.choose_fake(call).identify_kind(call)

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        """Have the fake that recognizes the call answer it."""
        return await self.choose_fake(call).answer(call, behaviours)

    def make_error(self, code: int, message: str) -> Reply:
        """Build an error response in the shape of the first fake."""
        return self._fakes[0].make_error(code, message)
