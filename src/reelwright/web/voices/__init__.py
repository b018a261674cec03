"""The voices that can read a film's lines, each with its sample."""
