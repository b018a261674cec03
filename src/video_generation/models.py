"""The request and the results of a video."""

from reelwright.client.videos import BatchResult, VideoRequest, VideoResponse

__all__ = ["BatchResult", "VideoRequest", "VideoResponse"]
