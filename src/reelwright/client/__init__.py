"""The client library for long-running video operations, which ``video_generation`` re-exports."""
