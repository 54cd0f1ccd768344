"""The error envelope, and one constructor for each way in which a request is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INVALID = "invalid_request_error"


class ApiError(Exception):
    """A refusal: a status and the four members of the envelope."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        type: str = INVALID,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.code = code
        self.status = status
        self.type = type
        self.headers = dict(headers or {})

    @property
    def detail(self) -> dict[str, Any]:
        """The object under `error`."""
        return {"message": self.message, "type": self.type, "param": self.param, "code": self.code}

    @property
    def envelope(self) -> dict[str, Any]:
        """The body of the reply."""
        return {"error": self.detail}


def missing_parameter(param: str) -> ApiError:
    """The refusal of a request that lacks a parameter."""
    return ApiError(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")


def unknown_parameter(param: str) -> ApiError:
    """The refusal of a parameter that nobody knows."""
    return ApiError(f"Unknown parameter: '{param}'.", param=param, code="unknown_parameter")


def wrong_type(param: str, expected: str, value: object) -> ApiError:
    """The refusal of a value of the wrong type."""
    return ApiError(
        f"Invalid type for '{param}': expected {expected}, but got {json_type(value)} instead.",
        param=param,
        code="invalid_type",
    )


def wrong_value(param: str, value: object, allowed: str) -> ApiError:
    """The refusal of a value that is not among the allowed ones."""
    return ApiError(f"Invalid value: {shorten(value)}. Supported are: {allowed}.", param=param, code="invalid_value")


def model_not_found(name: str, *, status: int, param: str | None = None) -> ApiError:
    """The refusal of a model that is not served; it says how it would be."""
    shown = shorten(name, quote=False)
    message = f"The model '{shown}' does not exist. Start the server with --any-model, or with --model {shown}."
    return ApiError(message, status=status, param=param, code="model_not_found")


def response_not_found(id: str) -> ApiError:
    """The refusal of a response that is not stored."""
    return ApiError(f"Response with id '{shorten(id, quote=False)}' not found.", status=404)


def previous_not_found(id: str) -> ApiError:
    """The refusal of a previous response that is not stored."""
    return ApiError(
        f"Previous response with id '{shorten(id, quote=False)}' not found.",
        param="previous_response_id",
        code="previous_response_not_found",
    )


def json_type(value: object) -> str:
    """The name that JSON gives to the type of a parsed value."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case list():
            return "an array"
        case _:
            return "an object"


def shorten(value: object, *, quote: bool = True, limit: int = 80) -> str:
    """A value as a message may show it: never longer than `limit`, never with a bare surrogate."""
    text = str(value).encode("utf-8", "replace").decode("utf-8")
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"'{text}'" if quote else text
