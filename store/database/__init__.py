"""Connections, migrations, pages, settings, logs: what every module of SQL needs."""
