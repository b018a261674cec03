"""Tables and columns, the SQL that SQLite and Postgres share, and rows as values. Begin with ``schema``."""
