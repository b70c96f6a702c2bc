"""Pages. Translate in, make one call, translate out; the only permission table is here."""
