"""The fixtures of the server's tests, for the systems that it serves."""

from server.conftest import proxy, server, settings

__all__ = ["proxy", "server", "settings"]
