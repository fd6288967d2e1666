"""The people of the demonstration estate."""
