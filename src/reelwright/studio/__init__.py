"""The product: produce, quote, edit, quality, handover."""
