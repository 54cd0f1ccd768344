"""JSON Schemas of an edition: loading, patches of relaxations, validation, standalone copies."""
