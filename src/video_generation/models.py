"""What is asked for and what comes back."""

from reelwright.client.answers import BatchResult, VideoRequest, VideoResponse

__all__ = ["BatchResult", "VideoRequest", "VideoResponse"]
