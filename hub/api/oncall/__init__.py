"""Callouts, rosters, handovers and the push to staff over HTTP."""
