"""instructor, in its Responses mode, against a Responses API server."""

import typing

import instructor
from openai import OpenAI
from pydantic import BaseModel

from lib.harness import API_KEY, BASE_URL, MODEL, Suite, need

t = Suite("instructor")


class Report(BaseModel):
    title: str
    level: typing.Literal["low", "high"]
    count: int


def client(mode="RESPONSES_TOOLS"):
    return instructor.from_openai(OpenAI(base_url=BASE_URL, api_key=API_KEY, max_retries=0), mode=instructor.Mode[mode])


@t.case("response_model by forced tool", "structured")
def _():
    r = client().responses.create(model=MODEL, input="Report on something.", response_model=Report, max_retries=0)
    need(isinstance(r, Report), f"got {type(r).__name__}")


@t.case("create_with_completion", "structured")
def _():
    r, raw = client().responses.create_with_completion(
        model=MODEL, input="Report on something.", response_model=Report, max_retries=0
    )
    need(isinstance(r, Report) and raw.id, "no report or no raw response")


@t.case("create_partial, streamed", "structured,stream")
def _():
    out = list(client().responses.create_partial(model=MODEL, input="Report on something.", response_model=Report))
    need(out and out[-1].title is not None and out[-1].count is not None, f"last partial {out[-1:]}")


t.main()
