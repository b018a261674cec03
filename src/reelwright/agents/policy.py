"""Waits and limits of the tools for AI agents, each under the name of what it limits."""

from __future__ import annotations

from typing import Final

# Questions and the end of the server
PRICE_ANSWER_S: Final = 300.0
"""Seconds that a question about a price waits for a person. After that it is refused."""
MAX_OPEN_QUESTIONS: Final = 64
"""Questions that wait for a person at one time; the oldest is forgotten first."""
AGENTS_STOP_S: Final = 20.0
"""The most seconds that the work in progress has to stop, once the client is gone."""

# Sizes of answers: what an agent reads costs its owner tokens
MAX_ANSWER_BYTES: Final = 4_000
"""The most bytes of an answer, unless a tool was asked for more."""
SHORTENING_STEPS: Final = ((600, 24), (300, 12), (160, 8), (100, 5), (60, 3))
"""How far texts and lists are shortened, step by step: most characters, most items."""
MAX_COMMAND_CHARS: Final = 700
"""Most characters of a command that a person may copy; of a longer one only the verb and price are shown."""
MAX_MODELS_TRIED: Final = 8
"""Models that are priced to find cheaper calls: each is a quote."""
MAX_CHEAPER_CALLS: Final = 3
"""Cheaper calls that a refusal offers, …"""
MAX_OTHER_MODELS: Final = 2
"""… and how many of them are of another model."""
SHORT_ARGUMENTS_CHARS: Final = 500
"""Most characters of arguments that a refusal repeats whole."""
JOBS_SHOWN: Final = 8
"""Newest jobs that are listed."""
JOBS_SEARCHED: Final = 200
"""Newest jobs among which one is found by the end of its id."""
MODELS_SHOWN: Final = 14
"""Models that are listed, the cheapest first."""
SCRIPT_CHARS_SHOWN: Final = 2_500
"""Most characters of a script that are shown unless all of it is asked for."""
