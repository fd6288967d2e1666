"""Alarms, suppressions, figures over HTTP."""
