"""Calls of staff."""
