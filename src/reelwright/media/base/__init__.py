"""ffmpeg and skia, and how the files that they read and write are opened and probed. Begin with ``ffmpeg``."""
