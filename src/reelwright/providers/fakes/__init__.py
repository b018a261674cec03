"""Fakes that speak each provider's real wire on loopback, misbehave as told, and keep a bill of their own."""
