"""Names of files, prompts, and the video's place in an answer."""

from reelwright.client.answers import validate_prompt
from reelwright.client.naming import generate_filename, sanitize_filename
from reelwright.client.wire import parse_video_uri

__all__ = ["generate_filename", "parse_video_uri", "sanitize_filename", "validate_prompt"]
