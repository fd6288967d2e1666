"""Outbox to channels: routers that pick the channels to households and staff, workers per channel.

May import `rules`, `store` and the hub's settings, keys and metrics. A channel is one file in
`channels`; what the program asks of channels it asks `registry`.
"""
