"""The words of notices: placeholders, their faults, the mark of a drill."""
