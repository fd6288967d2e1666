"""Who is called when nobody answers: escalation, calls, gaps in the roster."""
