"""The media package handles pictures, sound and text as bytes:
ffmpeg, probing, intake, segments, captions, sound, drawing.
"""
