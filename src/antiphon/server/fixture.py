"""A pytest plugin for tests of clients: the fixture `antiphon_server` lends the base URL of a reference server.

    def test_my_client(antiphon_server):
        client = OpenAI(base_url=antiphon_server, api_key="none")

`@pytest.mark.antiphon_server(fault="text-delta-lost", script="answers.yaml")` says what that server is to be like.
Every test has a server of its own, with an empty memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

MARKER = "antiphon_server(fault=NAME, script=FILE, **settings): what the server of `antiphon_server` is to be like"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the fixture."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture
def antiphon_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """The base URL of a reference server on a free port; scripts are looked for beside the test as well."""
    # Imported here: the plugin is loaded by every run of pytest, and most want no server.
    from antiphon.errors import AntiphonError
    from antiphon.server.app.runtime import background_server

    marker = request.node.get_closest_marker("antiphon_server")
    wanted = dict(marker.kwargs) if marker else {}
    if marker and marker.args:
        pytest.fail("The marker antiphon_server takes names only, such as fault='text-delta-lost'.", pytrace=False)
    script = wanted.get("script")
    beside = Path(request.path).parent / script if script is not None else None
    if beside is not None and beside.exists():
        wanted["script"] = beside
    with ExitStack() as stack:
        try:
            url = stack.enter_context(background_server(**wanted))
        except (AntiphonError, ValueError, TypeError, OSError) as error:
            pytest.fail(f"antiphon_server: {error}", pytrace=False)
        yield url
