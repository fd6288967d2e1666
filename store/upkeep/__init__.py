"""What is kept for how long, and what the calendar has run."""
