"""HTTP doors: routes, live events, the built web studio."""
