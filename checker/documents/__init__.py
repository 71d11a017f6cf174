"""API documents → Api: load (bounded, jailed, lazy references), validate, bundle."""
