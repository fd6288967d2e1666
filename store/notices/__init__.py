"""Notices, their outbox and attempts, and push subscriptions."""
