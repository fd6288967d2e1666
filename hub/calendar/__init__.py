"""Jobs at their times, under one leader."""
