"""The animatic package draws films without AI:
type, shape, texture and the person's own pictures, staged beat by beat.
"""
