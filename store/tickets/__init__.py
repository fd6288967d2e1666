"""Tickets, and the files handed in with them."""
