"""The loudness of a mix where no preset says otherwise. Source: craft.md 5.1, read 2026-11-20."""

from __future__ import annotations

from typing import Final

WEB_LUFS: Final = -14
"""Loudness of the mix."""
WEB_DBTP: Final = -1
"""Highest true peak of the mix."""
