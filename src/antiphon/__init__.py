"""Contract tests and conformance reports for the OpenAI Responses API."""

__version__ = "0.2.0.dev0"
