"""Plans a film from a script: every screen becomes a shot, with its words as written, placed by form and position."""
