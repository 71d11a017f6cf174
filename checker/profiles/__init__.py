"""Api → Profile: resources, roles, and one detector module per capability."""
