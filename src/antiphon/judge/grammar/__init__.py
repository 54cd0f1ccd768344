"""Analysis of an event stream by the tables of `spec/streams.yaml`."""
