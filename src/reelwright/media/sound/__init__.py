"""Sound: the composed bed, its hits, the mix and its loudness. Numpy only; 48 kHz stereo."""
