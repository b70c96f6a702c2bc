"""Writes to deals. Each is one transaction: state, fact, activity."""
