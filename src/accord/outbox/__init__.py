"""Jobs by name, notifications and mail; plain ids, no foreign keys to rooms."""
