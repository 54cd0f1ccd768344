"""What is answered where nothing is."""

from antiphon.suite import Api, Transcript, must_refuse, requirement, scenario


@scenario()
async def nowhere(api: Api) -> None:
    """A path is asked for that no server of this API has."""
    with api.intending(must_refuse("unknown-route")):
        await api.send("GET", "/no-such-path-of-antiphon")


@requirement("errors.unknown-route")
def test_an_unknown_path_is_refused(nowhere: Transcript) -> None:
    """An unknown path is refused with 404 and the envelope."""
    (refusal,) = nowhere

    assert refusal.status == 404
    assert isinstance(refusal.body["error"]["message"], str)
