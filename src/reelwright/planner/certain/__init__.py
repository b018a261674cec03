"""What is certain in a brief without a language model: spans of it, and a script of them. Nothing is composed."""
