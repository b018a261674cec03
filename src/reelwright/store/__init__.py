"""All SQL, and the vault: journal, ledger, schema, migrations."""
