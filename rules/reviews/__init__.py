"""What is left to do when an incident is closed."""
