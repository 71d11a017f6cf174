"""Live questions to a sandbox, one module per topic."""
