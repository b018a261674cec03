"""The vault: files by the digest of their bytes in a folder or an object store, and which journal owns them."""
