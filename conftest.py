"""Options and fixtures for running the suites from a checkout: `pytest suites --antiphon-base-url URL`."""

pytest_plugins = ["antiphon.pytest_plugin.plugin"]
