"""Requests that nobody wrote down: generated from the contract's schemas, and from a model of what a server keeps."""
