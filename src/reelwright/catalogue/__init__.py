"""What each model accepts, what it costs and when it retires: one YAML per provider."""
