"""The input of a response, page by page."""

from antiphon.suite import Api, Exchange, Transcript, assume, requirement, scenario

TEXTS = [f"Message {number}: café, 你好,\ta tab and two  spaces 👋\n" for number in range(1, 26)]
"""More than a page of them, each with what careless servers change: letters beyond ASCII, and white space."""
ROLES = {0: "developer"}


@scenario(needs={"store", "input-items"})
async def listed(api: Api) -> None:
    """Twenty-five messages are listed: the first page, the next, and all of them in both orders."""
    messages = [{"role": ROLES.get(place, "user"), "content": text} for place, text in enumerate(TEXTS)]
    created = await api.create(input=messages, store=True, max_output_tokens=64)
    first = await api.input_items(created.id)
    data = first.body.get("data") if first.ok else None
    await api.input_items(created.id, after=(data[-1].get("id") or "") if data else "")
    await api.input_items(created.id, limit=50, order="desc")
    await api.input_items(created.id, limit=50, order="asc")


@scenario(needs={"store", "input-items"})
async def walked(api: Api) -> None:
    """Seven messages are listed three at a time, from each page's last id on."""
    messages = [{"role": "user", "content": text} for text in TEXTS[:7]]
    created = await api.create(input=messages, store=True, max_output_tokens=64)
    await api.input_items(created.id, limit=50)
    page = await api.input_items(created.id, limit=3)
    for _ in range(4):
        data = page.body.get("data") if page.ok else None
        if not data:
            break
        page = await api.input_items(created.id, limit=3, after=data[-1].get("id") or "")


def ids(*pages: Exchange) -> list[str]:
    """The ids of the items on these pages, which must be there."""
    for page in pages:
        assume(page.is_success, f"{page.id} is no page")
    found = [item.get("id") for page in pages for item in page.body["data"]]
    assume(all(found), "an item of a page has no id")
    return found


def texts(page: Exchange) -> list[str]:
    """The text of each item of a page: its parts joined, or its content where that is one text."""
    assume(page.is_success, f"{page.id} is no page")
    contents = [item.get("content") or () for item in page.body["data"]]
    return [
        content
        if isinstance(content, str)
        else "".join(part.get("text", "") for part in content if isinstance(part, dict))
        for content in contents
    ]


def plain(text: str) -> str:
    """A text by which it is known even where it was changed."""
    return text.split(":")[0].strip()


def places(page: Exchange) -> list[int]:
    """The places in the request of the items of a page, told by their numbered texts."""
    sent = [plain(text) for text in TEXTS]
    found = [sent.index(plain(text)) for text in texts(page) if plain(text) in sent]
    assume(len(set(found)) > 1, f"fewer than two items of the input are listed in {page.id}")
    return found


@requirement("input-items.lists-input")
def test_every_item_is_listed(listed: Transcript) -> None:
    """The list holds every item of the request's input."""
    ascending = listed[4]
    assert ascending.is_success
    found = {plain(text) for text in texts(ascending)}

    assert {plain(text) for text in TEXTS} - found == set()


@requirement("input-items.text-as-sent")
def test_texts_are_as_sent(listed: Transcript) -> None:
    """A listed text is the one that was sent."""
    ascending = listed[4]
    sent = {plain(text): text for text in TEXTS}
    found = {plain(text): text for text in texts(ascending) if plain(text) in sent}
    assume(found, "no item of the input is listed")

    assert {name: text for name, text in found.items() if text != sent[name]} == {}


@requirement("input-items.default-order")
def test_newest_come_first(listed: Transcript) -> None:
    """Items are listed newest first when no order is asked for."""
    assume(listed[4].is_success, "no list can be read")
    assert listed[1].is_success
    default = places(listed[1])

    assert default == sorted(default, reverse=True)


@requirement("input-items.order-ascending")
def test_ascending_is_descending_reversed(listed: Transcript) -> None:
    """Ascending order is descending order reversed."""
    *_, descending, ascending = (places(page) for page in listed[3:])

    assert ascending == descending[::-1]


@requirement("input-items.order-matches-input")
def test_ascending_is_the_order_of_the_request(listed: Transcript) -> None:
    """Ascending order is the order of the request."""
    ascending = places(listed[4])

    assert ascending == sorted(ascending)


@requirement("input-items.default-limit")
def test_a_page_holds_twenty(listed: Transcript) -> None:
    """A page holds twenty items when no limit is asked for and more are there."""
    _, default, _, descending, _ = listed
    assume(len(ids(descending)) > 20, "the whole list has no more than twenty items")

    assert len(ids(default)) == 20


@requirement("input-items.has-more")
def test_has_more_tells_of_a_next_page(listed: Transcript) -> None:
    """has_more is true exactly when a further page is not empty."""
    _, default, rest, descending, _ = listed
    first, both, whole = set(ids(default)), set(ids(default, rest)), set(ids(descending))
    assume(first < whole, "the first page holds the whole list")

    assert [default.body["has_more"], rest.body["has_more"]] == [True, both < whole]


@requirement("input-items.after-exclusive")
def test_a_page_begins_after_its_mark(listed: Transcript) -> None:
    """A page begins after the item it was asked to begin after."""
    _, default, rest, *_ = listed
    assume(default.is_success, "no list can be read")
    assert rest.is_success
    mark = "".join(ids(default)[-1:])
    assume(mark, "the last item of the first page has no id")

    assert mark not in ids(rest)


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


@requirement("input-items.no-output")
def test_output_is_not_listed(listed: Transcript) -> None:
    """Output items of the response are not in its list."""
    created, *_, ascending = listed
    made = {item["id"] for item in created.body["output"] if item.get("id")}
    assume(made, "the response has no output with an id")

    assert made & set(ids(ascending)) == set()
