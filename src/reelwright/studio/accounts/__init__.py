"""Accounts: keys, members, webhooks and their deliveries, retention, the brand."""
