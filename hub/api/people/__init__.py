"""Session, users and households over HTTP."""
