"""The sales process, deals and their outcomes."""
