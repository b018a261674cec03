"""The drawing engine: layers with movers, painted frame by frame. It knows no beat and no look.

``layers`` is the display list, ``movers`` say where a layer is in a frame, ``painter`` draws its ``drawables``.
``lettering`` sets words, ``textures`` and ``treatments`` make images once, ``colour`` and ``style`` hold the paint.
"""
