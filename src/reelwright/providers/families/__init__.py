"""Wires that two providers share: what is sent, and how answers are read. Pure but for the reading of inputs."""
