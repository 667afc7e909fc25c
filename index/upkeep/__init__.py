"""Keeping a library whole: made anew for another model, examined, mended, packed."""
