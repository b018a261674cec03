"""Brief to plan: beats, rules, flavors, looks, timing, match."""
