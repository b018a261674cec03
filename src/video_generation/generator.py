"""The generator class, and functions that make videos with one call."""

from reelwright.client.generator import VeoVideoGenerator, generate_video, generate_video_async, generate_videos_batch

__all__ = ["VeoVideoGenerator", "generate_video", "generate_video_async", "generate_videos_batch"]
