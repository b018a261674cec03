"""Drives projects to their goals: director, gate, hands. Knows steps, not films."""
