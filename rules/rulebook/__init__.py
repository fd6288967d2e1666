"""What decides: rules, plans, policies; how they fit together, are read, written, numbered."""
