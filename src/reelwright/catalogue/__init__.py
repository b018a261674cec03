"""What AI models sell and cost: strict data beside the code, and prices of whole films computed from it."""
