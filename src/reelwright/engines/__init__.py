"""AI-video engines on this machine's own GPUs: their cards, who starts and stops them, and a small one of our own."""
