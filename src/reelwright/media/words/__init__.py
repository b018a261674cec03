"""Words over pictures: captions, titles, overlays, sidecar files, and what does not fit. Begin with ``captions``."""
