"""Reelwright's own small engine: any video pipeline of diffusers behind ``/v1/videos``, in a process of its own.

It runs in an environment with torch, in which the rest of this package may be missing: nothing here imports it.
"""
