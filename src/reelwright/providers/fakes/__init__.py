"""Fakes that speak each provider's real wire on loopback, misbehave as a script says, and keep a bill."""
