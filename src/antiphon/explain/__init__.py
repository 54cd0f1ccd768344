"""Everything that the contract states about a name, without a network.

A requirement, an event, a parameter, and so on.
"""
