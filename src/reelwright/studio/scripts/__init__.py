"""Scripts, ``film.yaml``, flavors and looks: what a person writes or chooses. Begin with ``scripts``."""
