"""Estates and devices over HTTP."""
