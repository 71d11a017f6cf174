"""The configured sync: what it would do is planned as plain data, and then done."""
