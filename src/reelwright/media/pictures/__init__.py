"""Pictures and clips of a person: taken in under limits, cropped, framed, shown small. Begin with ``intake``."""
