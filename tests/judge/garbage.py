"""Events of which nothing can be expected."""

from __future__ import annotations

from hypothesis import strategies as st

from antiphon.contract.streams import tables

OBJECTS = st.sampled_from(["id", "type", "text"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(OBJECTS, inner, max_size=3),
    max_leaves=5,
)
KEYS = [
    *("item_id", "output_index", "content_index", "summary_index", "command_index", "annotation_index"),
    *("item", "part", "delta", "text", "arguments", "code", "diff", "input", "output", "response", "command"),
    *("sequence_number", "annotation", "error", "partial_image_index", "logprobs", "obfuscation"),
]
GARBAGE = st.fixed_dictionaries(
    {"type": st.sampled_from([*tables().events, "response.cancelled", ""]) | JSON},
    optional=dict.fromkeys(KEYS, JSON),
)
