"""A web page from elsewhere: what its browser asks before it sends a create."""

from antiphon.suite import PROBE, Api, Transcript, requirement, scenario

PAGE = "https://antiphon.invalid"


@scenario()
async def preflight(api: Api) -> None:
    """A browser asks whether a page may send a create; it sends no key."""
    asked = {
        "Origin": PAGE, "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization, content-type", "Authorization": None,
    }  # fmt: skip
    with api.intending(PROBE):
        await api.send("OPTIONS", api.route("create").path, headers=asked)


@requirement("headers.cors-preflight")
def test_a_page_may_send_a_create(preflight: Transcript) -> None:
    """The preflight of a web page from elsewhere is answered with success, and allows it."""
    (answer,) = preflight
    allowed = answer.response.header("access-control-allow-origin") if answer.response else None

    assert answer.is_success
    assert allowed in ("*", PAGE)
