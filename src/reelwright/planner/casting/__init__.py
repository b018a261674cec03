"""Casts a plan: gives its shots, voices and music to AI models, and builds the requests that are bought for them."""
