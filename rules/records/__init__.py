"""The nouns: what a record holds and the steps that it may take; the events that carry them.

Knows no state.
"""
