"""Judge: pure functions of a transcript and the contract."""
