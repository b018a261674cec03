"""AI models and their providers: keys, lists, local servers, voices."""
