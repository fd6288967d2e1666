"""Units and words that everything speaks in: instants, texts, priorities, places, readings."""
