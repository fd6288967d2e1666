"""What is changed as a whole, by version, and told to the engine: estate, roster, rulebook."""
