"""One file a channel; a file that is added here is a channel of the hub."""
