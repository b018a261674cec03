"""Video: segments, transitions and the film that is joined of them. Begin with ``segments`` and ``film``."""
