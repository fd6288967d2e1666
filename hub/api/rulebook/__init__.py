"""Rules, plans, messages, policies and backtests over HTTP."""
