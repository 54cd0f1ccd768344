"""Everything that the contract states about a name, without a network: a requirement, an event, a parameter, and
so on.
"""
