"""readiness.yaml and answers.yaml → typed values, with the place of every error."""
