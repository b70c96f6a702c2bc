"""PostgreSQL as Django knows it, but for how a dead connection is noticed."""
