"""Films: from an order to the delivered file, and the run of a project. Begin with ``film_request``."""
