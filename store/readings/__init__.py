"""History in and out, dead letters, the device registry."""
