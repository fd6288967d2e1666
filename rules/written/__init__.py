"""What a person wrote: YAML that knows its lines, and faults with a remedy."""
