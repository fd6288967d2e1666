"""Events to open streams, how far commands have come, what staff must not see yet."""
