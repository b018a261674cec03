"""Rows of an account besides its films: keys, members, sessions, webhooks, retention, its brand."""
