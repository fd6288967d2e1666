"""Contacts opened, sealed, masked; links; pictures."""
