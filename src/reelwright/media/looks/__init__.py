"""The looks: a folder each, with ``look.yaml`` and the stagings of every beat (docs/adding/look.md).

``registry`` finds them by folder, here and in every other folder on this package's path.
"""
