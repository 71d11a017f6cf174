"""Speed, side by side with a peer in one run; each module is a command (`python -m benchmarks.startup`)."""
