"""The interface for AI agents: an MCP server with tools over the studio. It translates, and never agrees to a price."""
