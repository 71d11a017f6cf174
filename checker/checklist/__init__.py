"""Checklists: load the YAML packs, judge findings against them."""
