"""Composes the metrics that rooms declare; only reads."""
