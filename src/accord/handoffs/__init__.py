"""Routing, handoffs, clocks and pass-backs."""
