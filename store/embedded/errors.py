"""Why the embedded PostgreSQL does not start; each message is one sentence with its remedy."""

from store.database.errors import StoreError


class EmbeddedError(StoreError):
    """Base of everything the embedded server refuses or fails at."""


class DataDirectoryInUse(EmbeddedError):
    """Another process holds the lock of the data directory."""


class DataDirectoryUnusable(EmbeddedError):
    """The data directory cannot be written, or its server account cannot reach it."""


class NotACluster(EmbeddedError):
    """The folder of the database holds something else, or half of one."""


class OtherMajorVersion(EmbeddedError):
    """The database was made by another major version of PostgreSQL."""


class DiskFull(EmbeddedError):
    """There is too little room for the database to run."""


class PortTaken(EmbeddedError):
    """Another program listens on the server's TCP port."""


class ServerFailed(EmbeddedError):
    """The server ended or did not become ready, for the reason in its log."""


class NotRunning(EmbeddedError):
    """No server runs on this data directory."""
