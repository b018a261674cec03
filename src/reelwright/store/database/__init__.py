"""The database: connections, the one writer, transactions, upgrades, who is alive. Begin with ``database``."""
