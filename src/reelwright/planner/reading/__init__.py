"""Reads a brief by a small trained model: which words are shown, which direct the maker, and which do neither."""
