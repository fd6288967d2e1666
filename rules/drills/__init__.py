"""A drill under way: its course, milestones and score; what is real comes first."""
