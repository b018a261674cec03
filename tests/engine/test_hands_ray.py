"""One task through Ray: the same task, the same outcome. In its own lane, since Ray is an extra."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from engine.works import WORKS
from reelwright.errors import HandDied, MediaError
from reelwright.reel.base.value import Fingerprint
from reelwright.settings import Settings
from reelwright.store.vault.vault import FolderVault

pytestmark = [
    pytest.mark.lane_ray,
    # Ray's own threads and sockets outlive what a test can close.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
]


async def test_the_same_task_through_ray_has_the_same_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    # Ray's own agents speak to each other at this machine's address: the guard against the network is not for them.
    paths = [path for path in sys.path if path and not path.endswith("quiet")]  # its workers find our works there
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else it writes a token into the home of the person
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)
    from reelwright.engine.hands.here import HandsHere
    from reelwright.engine.hands.ray import HandsRay

    settings = Settings(home=tmp_path, hands=1)
    vault = FolderVault.open(settings.vault)
    fp = Fingerprint("take:0")
    near, far = HandsHere(settings, vault, WORKS), HandsRay(settings, vault, WORKS)
    try:
        assert await far.execute("local", "take", {"prompt": "a"}, [], fp) == await near.execute(
            "local", "take", {"prompt": "a"}, [], fp
        )
        with pytest.raises(MediaError) as caught:
            await far.execute("local", "sulk", {}, [], fp)
        assert caught.value.last_words == "no ink"
        with pytest.raises(HandDied):
            await far.execute("local", "die", {}, [], fp)
    finally:
        await near.close()
        await far.close()
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0", "a cluster that is started here reports nothing to others"
        import ray

        ray.shutdown()
    # A worker that was killed leaves its room to the next sweep.
    from reelwright.engine.hands.workroom import sweep

    sweep(settings.workrooms)
    assert list(settings.workrooms.iterdir()) == []
