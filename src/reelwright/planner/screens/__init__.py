"""From a script to a plan: every screen a shot, its words exactly as written, its place found by form and position."""
