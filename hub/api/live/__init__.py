"""Snapshot, stream, events, health, and the console's files."""
