"""The database: schema, connections, the embedded server, one module of SQL per aggregate.

The only place with SQL. Synchronous. May import `rules` and nothing else of ours.
"""
