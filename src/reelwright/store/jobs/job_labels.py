"""Labels by which programs list jobs (user of the Veo web app, account of the Mochi cluster), as an indexed digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple, get_args

from reelwright.store.schema.sql import as_json

ListingLabel = Literal["user_email", "account_id"]
_LISTING_LABELS: Final[tuple[ListingLabel, ...]] = get_args(ListingLabel)


class JobLabel(NamedTuple):
    """A label under which a job was ordered. E-mail addresses in ASCII are the same in any case.

    Others only equal themselves: the Kelvin sign (U+212A) in lower case is a k, and the address another person's.
    """

    name: ListingLabel
    value: str

    def compute_digest(self) -> str:
        """Compute the digest in the column ``label_digest``: a label may be longer than what an index can hold.

        Journals hold these digests, so the result must stay the same between releases.
        """
        value = self.value.lower() if self.name == "user_email" and self.value.isascii() else self.value
        return hashlib.sha256(as_json([self.name, value]).encode("ascii")).hexdigest()


def compute_label_digest(options: Mapping[str, Any]) -> str | None:
    """Return the digest of the label by which a job with these options is listed; None for a job without one."""
    labels = options.get("labels")
    if not isinstance(labels, Mapping):
        return None
    found = (JobLabel(name, labels[name]) for name in _LISTING_LABELS if labels.get(name))
    return next((one.compute_digest() for one in found if isinstance(one.value, str)), None)
