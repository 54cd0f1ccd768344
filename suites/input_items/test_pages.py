"""The input of a response, page by small page."""

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

TEXTS = [f"Message {number}." for number in range(1, 8)]


@scenario(needs={"store", "input-items"})
async def walked(api: Api) -> None:
    """Seven messages are listed three at a time, from each page's last id on."""
    messages = [{"role": "user", "content": text} for text in TEXTS]
    created = await api.create(input=messages, store=True, max_output_tokens=64)
    await api.input_items(created.id, limit=50)
    page = await api.input_items(created.id, limit=3)
    for _ in range(4):
        if not page.data:
            break
        page = await api.input_items(created.id, limit=3, after=page.data[-1].get("id") or "")


def ids(*pages: Exchange) -> list[str]:
    """The ids of the items on these pages, which must be there."""
    for page in pages:
        assume(page.is_success, f"{page.id} is no page")
    found = [item.get("id") for page in pages for item in page.body["data"]]
    assume(all(found), "an item of a page has no id")
    return found


@requirement("input-items.pages-complete")
def test_pages_hold_every_item_once(walked: Transcript) -> None:
    """Walking the pages gives every item once."""
    _, whole, *pages = walked
    assume(whole.is_success, "no list can be read")
    for page in pages:
        assert page.is_success
    assume(len(ids(whole)) > 3, "the whole list fits on one page")
    assume(all(ids(whole)), "an item has no id")

    assert ids(*pages) == ids(whole)
