"""The nouns: frozen, pure values. What decides (breakdown, fingerprint, wanted, fit, cut) is functions over them."""
