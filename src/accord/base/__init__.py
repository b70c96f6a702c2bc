"""Value types that every room may use. No models, no clock, at most six files."""
