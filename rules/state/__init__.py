"""What the inbox adds up to: tables, timers, index; the inputs; the work of one step."""
