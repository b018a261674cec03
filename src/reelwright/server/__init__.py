"""The HTTP server: routes, the director behind them, and its start and stop."""
