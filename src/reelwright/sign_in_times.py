"""Times of sign-ins: until a session ends, and for signing in. In milliseconds."""

from __future__ import annotations

from typing import Final

SESSION_IDLE_MS: Final = 8 * 3600 * 1000
"""Milliseconds without a request after which a session ends: a working day."""
MAX_SESSION_MS: Final = 24 * 3600 * 1000
"""Milliseconds after which a session ends in any case: whoever may no longer sign in is out after a day."""
SIGN_IN_ATTEMPT_MS: Final = 10 * 60 * 1000
"""Milliseconds that a person has to sign in at the issuer."""
