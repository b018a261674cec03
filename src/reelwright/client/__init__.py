"""Clients of a Reelwright server, and the video_generation facade."""
