"""How well the alarm system performs: ISA-18.2 figures, bad actors, proposals."""
