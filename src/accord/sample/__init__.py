"""A sample company: twelve months of two teams, played through the real flows."""
