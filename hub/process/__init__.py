"""One machine: `up`, the supervisor, the server, the doctor."""
