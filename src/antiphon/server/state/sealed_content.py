"""Encrypted content: opaque, signed, and different each time it is written."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from itertools import count
from typing import Any

from antiphon.server.errors import ApiError

KEY = b"the reference server keeps no secrets"
_nonces = count(1)


def seal(content: dict[str, Any]) -> str:
    """The content as a token that only this kind of server opens; two seals of one content differ."""
    nonce = sha256(f"nonce/{next(_nonces)}".encode()).digest()[:12]
    plain = json.dumps(content, separators=(",", ":")).encode()
    body = nonce + _mask(nonce, plain)
    return "gAAAA" + urlsafe_b64encode(body + _sign(body)).decode()


def unseal(token: str) -> dict[str, Any]:
    """What was sealed; a refusal where the token was not made here or was changed."""
    try:
        if not token.startswith("gAAAA"):
            raise ValueError(token)
        raw = urlsafe_b64decode(token[5:].encode("ascii"))
        body, signature = raw[:-16], raw[-16:]
        if not hmac.compare_digest(signature, _sign(body)):
            raise ValueError(token)
        content: dict[str, Any] = json.loads(_mask(body[:12], body[12:]))
    except ValueError:
        message = "The encrypted content could not be verified. Send it back exactly as it was received."
        raise ApiError(message, code="invalid_encrypted_content") from None
    return content


def _sign(body: bytes) -> bytes:
    return hmac.digest(KEY, body, "sha256")[:16]


def _mask(nonce: bytes, data: bytes) -> bytes:
    blocks = (sha256(KEY + nonce + index.to_bytes(4, "big")).digest() for index in range(len(data) // 32 + 1))
    return bytes(a ^ b for a, b in zip(data, b"".join(blocks), strict=False))
