"""The laws of the house: each a check that fails with its reason."""
