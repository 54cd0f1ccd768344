"""Drift: what a reply holds beyond the contract, and what other documents of the API say."""
