"""The page of settings: provider keys, members, API keys, webhooks, and how long files are kept."""
