"""Bounds on calls, tokens and money: estimates, admission of scenarios, actual cost."""
