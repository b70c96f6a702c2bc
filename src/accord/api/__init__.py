"""API v1: the same flows, for programs."""
