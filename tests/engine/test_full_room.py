"""A work that fails for want of room says so, whatever the words of the tool that could not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasons import has_code
from reelwright.engine.hands.work import _report_full_disk
from reelwright.errors import MediaError, StoreUnavailable

NO_ROOM = Path("/proc")
"""A file system on which nothing is free."""


@pytest.mark.parametrize("error", [MediaError("ffmpeg ended with 1"), OSError("288000 requested and 236544 written")])
def test_what_fails_where_nothing_is_free_is_a_full_disk(error: Exception) -> None:
    with pytest.raises(StoreUnavailable, check=has_code("disk_full", folder=str(NO_ROOM))), _report_full_disk(NO_ROOM):
        raise error


@pytest.mark.parametrize("error", [MediaError("ffmpeg ended with 1"), OSError("288000 requested and 236544 written")])
def test_what_fails_where_there_is_room_is_told_as_it_is(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error), match=str(error)), _report_full_disk(tmp_path):
        raise error
