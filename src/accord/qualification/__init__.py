"""Verdicts on leads under a version of the agreement."""
