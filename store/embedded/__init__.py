"""The PostgreSQL that ships: binaries, cluster, server, and how it fails."""
