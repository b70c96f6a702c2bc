"""The company that runs Accord, its people, sides, working time and tokens."""
