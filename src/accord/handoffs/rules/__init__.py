"""Who gets a handoff, what triggers one, and what a pause does. Pure, no Django."""
