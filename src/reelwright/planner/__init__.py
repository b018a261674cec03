"""Plans films: turns a brief into a plan by rules, without an API key, and a shot into the request that is bought."""
