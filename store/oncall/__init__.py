"""Callouts and their outbox, rosters, handovers."""
