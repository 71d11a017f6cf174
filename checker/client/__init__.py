"""The one HTTP client: origin guard, authentication, pagination, retry, limits, recorder."""
