"""The studio behind every interface: from a brief to a finished film, price first. ``Studio`` is the sync version."""

from __future__ import annotations

from reelwright.studio.verbs.admitting import Admitting
from reelwright.studio.verbs.batching import Batching
from reelwright.studio.verbs.branding import Branding
from reelwright.studio.verbs.changing import Changing
from reelwright.studio.verbs.clipping import Clipping
from reelwright.studio.verbs.handing import Handing
from reelwright.studio.verbs.hosting import Hosting
from reelwright.studio.verbs.looking import Looking
from reelwright.studio.verbs.notifying import Notifying
from reelwright.studio.verbs.paying import Paying
from reelwright.studio.verbs.planning import Planning
from reelwright.studio.verbs.restoring import Restoring
from reelwright.studio.verbs.retaining import Retaining
from reelwright.studio.verbs.sending import Sending
from reelwright.studio.verbs.serving import Serving
from reelwright.studio.verbs.writing import Writing


class AsyncStudio(
    Planning, Writing, Batching, Clipping, Changing, Restoring, Looking, Paying, Handing, Serving, Admitting, Notifying,
    Retaining, Sending, Hosting, Branding,
):  # fmt: skip
    """All verbs of Reelwright as coroutines, over one home; every interface uses this class.

    A project is named by its id, by the last four or more characters of it, or by ``last``; a shot by its number from 1
    or its id; a job by its id. Nothing is written before a brief, its materials and its price are accepted.

        async with AsyncStudio() as studio:
            film = await studio.make('A film for "Fenn", a desk lamp. "It never flickers."')
    """
