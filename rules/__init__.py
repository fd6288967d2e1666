"""The decision core, pure: no I/O, no clock, no randomness. `step` is its one function.

Imports nothing of ours. Nouns lie below the state, verbs above it; the floors are held by the
import contracts in pyproject.toml.
"""
