"""The film that needs no AI: type, shape, texture and the person's own pictures, staged beat by beat."""
