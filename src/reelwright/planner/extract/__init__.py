"""What a brief says to a machine: its letters, its language, the tone it asks for, what it does not want to see."""
