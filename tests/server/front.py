"""A gateway before a server of ours that fails some creates: before the server has them, or when it has answered."""

from __future__ import annotations

import httpx2

from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply


class Front(Fake):
    """Passes each call on to ``url``. ``lost``: numbers of creates whose answer becomes a 503 on the way back."""

    name = "front"

    def __init__(self, url: str, script: Script | None = None, lost: tuple[int, ...] = ()) -> None:
        super().__init__(script=script)
        self.lost = lost
        self._upstream = httpx2.AsyncClient(base_url=url, timeout=30)

    async def close(self) -> None:
        await self._upstream.aclose()
        await super().close()

    def is_authorized(self, call: Call) -> bool:
        return True

    def identify_kind(self, call: Call) -> Kind:
        return "submit" if call.method == "POST" else "other"

    async def answer(self, call: Call, behaviours: tuple[Behaviour, ...]) -> Reply:
        headers = {name: value for name, value in call.headers.items() if name not in ("connection", "content-length")}
        found = await self._upstream.request(
            call.method, call.path, params=dict(call.query), headers=headers, content=call.body
        )
        if call.kind == "submit" and call.number in self.lost:
            return self.make_error(503, "the answer was lost on the way")
        return Reply(
            status=found.status_code, body=found.content, headers={"content-type": found.headers["content-type"]}
        )

    def make_error(self, code: int, message: str) -> Reply:
        return make_json_reply({"error": {"code": code, "message": message}}, code)
