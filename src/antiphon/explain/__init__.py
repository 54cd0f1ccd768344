"""All that the contract knows of a name, without a network: a requirement, an event, a parameter, and so on."""
