"""Strict models, digests, ids, stored names and canonical JSON: what all values are made with."""
