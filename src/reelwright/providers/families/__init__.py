"""Wires that several adapters share: what is sent, and how answers are read. Pure, except for reading inputs."""
