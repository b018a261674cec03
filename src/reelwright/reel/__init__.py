"""Frozen values of a film (brief, plan, graph, cut, ledger), and pure functions that decide over them."""
