"""Records: jobs, purchases, prices, members and keys, as the journal returns them. Begin with ``operation``."""
