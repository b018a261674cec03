"""Functions for file names, prompts, and the address of a video in an answer."""

from reelwright.client.naming import generate_filename, sanitize_filename
from reelwright.client.video_uri import parse_video_uri
from reelwright.client.videos import validate_prompt

__all__ = ["generate_filename", "parse_video_uri", "sanitize_filename", "validate_prompt"]
