"""Violations folded into causes: what one change of a server would mend. Pure functions; nothing is judged here."""
