"""Makes one clip, at a provider whose clock is fast: ``clip_program.py HOME ADDRESS MODEL OUT VAULT_URL ENDPOINT``."""

from __future__ import annotations

import sys
from pathlib import Path

from reelwright import Studio
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo

home, address, model, out, url, endpoint = sys.argv[1:]
settings = Settings(
    home=Path(home), hands=1, base_urls={"openrouter": address}, vault_url=url, vault_endpoint=endpoint
)  # fmt: skip
with Studio(settings, tempo=Tempo(speed=1000)) as studio:
    made = studio.clip("a boat", model=model, seconds=3, out=Path(out), yes=True, accept_unconfirmed=True)
print(made.state)
