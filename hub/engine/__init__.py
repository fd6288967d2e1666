"""The engine: drains each estate's inbox through `rules.step` and records what happened.

One engine owns an estate at a time, by an advisory lock of the very connection that writes.
May import `rules` and `store`.
"""
