"""Inbox, batches, snapshots, events and current-state tables: the engine's one transaction."""
