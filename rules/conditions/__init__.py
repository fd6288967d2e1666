"""Conditions: their form in a rule, and the trees of nodes and leaves that judge readings."""
