"""The household's own page, and the repairs that it reports."""
