"""An image in the input."""

from typing import Any

from antiphon.suite import Api, Transcript, assume, prerequisites, requirement, scenario
from antiphon.suite.controls import token_counts
from antiphon.suite.controls.token_counts import assume_count_moves, count_input

weighed = token_counts.weighed

TEXT = {"type": "input_text", "text": token_counts.TEXT}


@scenario()
async def image_shown(api: Api) -> None:
    """The text that is weighed alone is sent with an image, and with its detail where that was refused."""
    image: dict[str, Any] = {"type": "input_image", "image_url": prerequisites.PIXEL}
    message: dict[str, Any] = {"type": "message", "role": "user", "content": [TEXT, image]}
    answer = await api.create(input=[message], max_output_tokens=32, store=False)
    if not answer.ok:
        image["detail"] = "low"
        await api.create(input=[message], max_output_tokens=32, store=False)


@requirement("create.image-without-detail")
def test_detail_may_be_left_out(image_shown: Transcript) -> None:
    """An image part without detail is taken as input."""
    without, *detailed = image_shown
    assume(not detailed or detailed[0].is_success, "no image is taken at all")

    assert without.is_success


@requirement("create.image-or-refusal")
def test_an_image_is_not_dropped(image_shown: Transcript, weighed: Transcript) -> None:
    """An image is read by the model or refused, and not dropped."""
    shown, *detailed = image_shown
    seen = detailed[0] if detailed and detailed[0].is_success else shown
    if seen.is_client_error:
        return
    assume(seen.is_success, "there is no reply to compare")
    assume_count_moves(weighed[0], weighed[1])

    assert count_input(seen) > count_input(weighed[0])
