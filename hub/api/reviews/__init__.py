"""Reviews and their report over HTTP."""
