"""A pytest plugin for tests of clients: the fixture `antiphon_server` lends a reference server.

    def test_my_client(antiphon_server):
        client = OpenAI(base_url=antiphon_server, api_key="none")
        ...
        antiphon_server.assert_requested("POST", "/responses", model="antiphon-1")

`@pytest.mark.antiphon_server(fault="text-delta-lost", script="answers.yaml")` says what that server is to be like.
Every test has a server of its own, with an empty memory; `antiphon_server_module` and `antiphon_server_session` lend
one for a whole module or session.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from antiphon.server.app.running_server import RunningServer

MARKER = "antiphon_server(fault=NAME, script=FILE, **settings): what the server of `antiphon_server` is to be like"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the fixture."""
    config.addinivalue_line("markers", MARKER)


@pytest.fixture(scope="session")
def antiphon_server_settings() -> Mapping[str, Any]:
    """What every server of the fixtures is to be like, before what a marker says; to be overridden in a conftest.py."""
    return {}


@pytest.fixture
def antiphon_server(
    request: pytest.FixtureRequest, antiphon_server_settings: Mapping[str, Any]
) -> Iterator[RunningServer]:
    """A reference server on a free port, which is its base URL; scripts are looked for beside the test as well."""
    with _server(request, antiphon_server_settings) as server:
        yield server


@pytest.fixture(scope="module")
def antiphon_server_module(
    request: pytest.FixtureRequest, antiphon_server_settings: Mapping[str, Any]
) -> Iterator[RunningServer]:
    """A reference server for all tests of a module; the marker is that of its `pytestmark`."""
    with _server(request, antiphon_server_settings) as server:
        yield server


@pytest.fixture(scope="session")
def antiphon_server_session(
    request: pytest.FixtureRequest, antiphon_server_settings: Mapping[str, Any]
) -> Iterator[RunningServer]:
    """A reference server for all tests."""
    with _server(request, antiphon_server_settings) as server:
        yield server


@contextmanager
def _server(request: pytest.FixtureRequest, settings: Mapping[str, Any]) -> Iterator[RunningServer]:
    # Imported here: the plugin is loaded by every run of pytest, and most want no server.
    from antiphon.errors import AntiphonError
    from antiphon.server.app.runtime import background_server

    marker = request.node.get_closest_marker("antiphon_server") if request.scope != "session" else None
    wanted = {"journal": True, "control": True, "any_model": True, **settings, **(marker.kwargs if marker else {})}
    if marker and marker.args:
        pytest.fail("The marker antiphon_server takes names only, such as fault='text-delta-lost'.", pytrace=False)
    script = wanted.get("script")
    if isinstance(script, str | Path) and request.scope != "session":
        beside = Path(request.path).parent / script
        wanted["script"] = beside if beside.exists() else script
    with ExitStack() as stack:
        try:
            server = stack.enter_context(background_server(**wanted))
        except (AntiphonError, ValueError, TypeError, OSError) as error:
            pytest.fail(f"antiphon_server: {error}", pytrace=False)
        yield server
