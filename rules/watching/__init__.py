"""Rules bound to devices: watches, points, limits; the backtest judges with the same ones."""
