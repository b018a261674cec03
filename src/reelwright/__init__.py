"""Reelwright: from a brief to a finished film."""
