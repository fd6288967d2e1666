"""Opening a ticket with its tasks and clocks, its deadlines, taking it up again."""
