"""The page of all jobs: what is being made, what waits, and what has ended."""
