"""The only way out to other machines."""
