"""Versions of estates, devices, households and their sealed contacts."""
