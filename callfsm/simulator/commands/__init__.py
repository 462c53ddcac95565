"""What clients can ask of the simulated server."""
