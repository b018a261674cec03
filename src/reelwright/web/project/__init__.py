"""The pages of a project: its shots, its film, and what a change would make again."""
