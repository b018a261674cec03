"""Batches: many films or clips from one file of rows, priced and run together. Begin with ``batch_runner``."""
