"""The stage that all looks share: from a shot request to layers, in whatever type and colours a look has.

``stage`` is the place on which a beat is set, ``plane`` its safe area and mirrored coordinates, ``clock`` the hits of
the music in it; ``roles`` names the words that each beat has; ``columns`` sets words of several roles under one another
and ``lines`` a headline, ``pictures`` place pictures. ``stagings`` is what a look hands over. No module names a look.
"""
