"""How fast Accord is, each figure beside its limit; see `runs` for the names."""
