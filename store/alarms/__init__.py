"""Alarms, suppressions, and what the figures are made from."""
