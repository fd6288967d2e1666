"""What people and machines see: web, live feed, notices, calendar, command line.

May import `rules` and `store`.
"""
