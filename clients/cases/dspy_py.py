"""DSPy (its LM with model_type "responses", over litellm) against a Responses API server."""

import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import dspy

from lib.harness import API_KEY, BASE_URL, MODEL, Suite, need

t = Suite("dspy")


def lm(**kw):
    return dspy.LM(
        f"openai/{MODEL}", model_type="responses", api_base=BASE_URL, api_key=API_KEY, cache=False, num_retries=0, **kw
    )


@t.case("LM call", "text")
def _():
    out = lm()("Say hello in one short sentence.")
    first = out[0] if isinstance(out[0], str) else out[0]["text"]
    need(first, f"no text in {out!r}")


@t.case("LM call: messages", "text")
def _():
    need(lm()(messages=[{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi."}]), "no answer")


@t.case("LM call: usage recorded in history", "text")
def _():
    m = lm()
    m("Say hello.")
    need(m.history[-1]["usage"].get("total_tokens", 0) > 0, f"usage {m.history[-1]['usage']}")


t.main()
