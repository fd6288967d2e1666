"""The graph of a property, its file, device types, and who is affected by what."""
