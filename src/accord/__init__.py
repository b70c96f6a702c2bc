"""Accord: the one system that sales and marketing both work in."""

__version__ = "0.1.0"
