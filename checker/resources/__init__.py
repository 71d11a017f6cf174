"""A resource of a system, asked through one door."""
