"""A connection opens with a key, and without one it does not."""

from antiphon.suite import Api, Transcript, assume, must_refuse, requirement, scenario


@scenario(needs={"websocket"})
async def socket_opened(api: Api) -> None:
    """A connection is opened and closed."""
    async with api.socket():
        pass


@scenario(needs={"websocket"})
async def socket_opened_without_key(api: Api) -> None:
    """A connection is opened with the key, and another is asked for without it."""
    async with api.socket():
        pass
    with api.intending(must_refuse("no-key")):
        async with api.socket(headers={"Authorization": None}):
            pass


@requirement("websocket.upgrade")
def test_opens(socket_opened: Transcript) -> None:
    """The server changes to WebSocket on the path of responses."""
    (opening,) = socket_opened

    assert opening.status == 101


@requirement("websocket.key-required")
def test_needs_a_key(socket_opened_without_key: Transcript) -> None:
    """A connection without a key is refused."""
    with_key, without = socket_opened_without_key
    keys = {name.lower() for name, _ in with_key.request.headers} if with_key.request else set()
    assume("authorization" in keys, "the target is used without a key")
    assume(with_key.status == 101, "no connection opens with a key")

    assert without.is_client_error
