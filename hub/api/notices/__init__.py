"""Notices, previews and their audience over HTTP."""
