"""The history of a project: what each revision changed, and the return to one, at the price of what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.proxy import Proxy
from reelwright.errors import BadInput, StaleRevision
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from server.conftest import MODEL

SCRIPT = "# Fenn\n\nIt never flickers.\n![a lamp on a desk at night]()\n"


async def test_a_film_goes_back_to_an_earlier_revision_and_forward_again_without_buying(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy")
    proxy.loses = False
    settings = Settings(home=tmp_path / "home", hands=1)
    providers = {proxy.name: proxy, "offline": Offline()}
    async with AsyncStudio(settings, providers=providers, tempo=Tempo(speed=3600)) as studio:
        agreed = {"yes": True, "accept_unconfirmed": True}
        film = await studio.make(script=SCRIPT, models=(MODEL,), **agreed)
        filmed = next(one.n for one in film.shots if "lamp" in one.prompt)
        first = (await studio.show(film.project)).shots[filmed - 1].take
        await studio.edit(film.project, shot=filmed, prompt="a lamp in the rain", **agreed)
        bought = list(proxy.submissions)
        newest, oldest = await studio.list_revisions(film.project)
        assert (newest.number, newest.changes, newest.shots) == (2, ("prompt",), (filmed,)) and not oldest.changes
        assert newest.author == "person" and newest.made_at and oldest.made_at and newest.made_at >= oldest.made_at
        assert (await studio.quote_restore(film.project, 1)).micros == 0
        with pytest.raises(StaleRevision):
            await studio.enqueue_restore(film.project, 1, if_revision=1, **agreed)
        for number, wanted in ((1, first), (2, None)):
            await studio.enqueue_restore(film.project, number, if_revision=None, **agreed)
            await studio.resume(film.project, **agreed)
            take = (await studio.show(film.project)).shots[filmed - 1].take
            assert take == wanted if wanted else take not in (None, first)
        assert proxy.submissions == bought and (await studio.show(film.project)).revision == 4
        for odd in (0, 5, True):
            with pytest.raises(BadInput):
                await studio.quote_restore(film.project, odd)
