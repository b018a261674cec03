"""Films as documents that people write: ``script.md``, read strictly and written back."""
