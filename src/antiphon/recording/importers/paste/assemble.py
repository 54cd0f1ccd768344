"""Assembly of exchanges from the tokens of a pasted text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from antiphon.recording.exchange import EXCERPT, PASTED, REFUSAL, Chunk, Exchange, Response
from antiphon.recording.importers import parts
from antiphon.recording.importers.bodies import is_event, is_partial, is_refusal
from antiphon.recording.importers.library_dumps import is_dump, text_as_sent
from antiphon.recording.importers.paste import limits
from antiphon.recording.importers.paste import repairs as r
from antiphon.recording.importers.paste.contents import Content, Kind, contents, holds_text
from antiphon.recording.importers.paste.frame_texts import (
    DONE,
    FrameCollector,
    FrameText,
    event_type,
)
from antiphon.recording.importers.paste.gaps import (
    ends_early,
    has_elided_member,
    is_filtered,
    is_stopped,
    shortens_json,
)
from antiphon.recording.importers.paste.losses import Losses, remainder
from antiphon.recording.importers.paste.order import in_order, is_mixed, is_newest_first, streams_of
from antiphon.recording.importers.paste.repairs import Repairs
from antiphon.recording.importers.paste.tokens import (
    Blank,
    CalledRoute,
    Field,
    Gap,
    Head,
    Noise,
    Rest,
    Token,
    Value,
)
from antiphon.recording.importers.socket_turns import SocketMessage, turns
from antiphon.recording.outcome import ENDINGS

_STREAM: Final = (("content-type", "text/event-stream"),)
_LONE: Final = re.compile("[\ud800-\udc7f\udd00-\udfff]")
"""Half of a character, which JSON can write and UTF-8 cannot; other halves stand for bytes that are no UTF-8."""
_EVENT: Final = re.compile(
    r"""\btype\\?["']?(?:>>)?\s*(?:[:=]|=>)\s*(?:String\(|\(string\) \(len=\d+\) |<<)?\\?["']response\.|"""
    r"""\bstring\(\d+\) "response\.|["']response["']: \{["']id["']: ["']resp_"""
)
"""A line that has an event, or a part of one."""
_SKIPPED_STATUS: Final = frozenset({100, 102, 103})


ReadText = Callable[[str, Repairs], Iterable[Token]]


class Assembler:
    """Takes tokens in order, and gives the exchanges that they make up."""

    def __init__(self, name: str, repairs: Repairs, read_text: ReadText, cut: frozenset[str] = frozenset()) -> None:
        self.cut = cut
        """Data that end at the width of a screen."""
        self.exchanges: list[Exchange] = []
        self._name = name
        self._repairs = repairs
        self._head: Head | None = None
        self._request: CalledRoute | None = None
        self._frames = FrameCollector(repairs)
        self._text = ""
        """The body below a head, as far as it is no stream."""
        self._pieces: list[str] = []
        """Text of a stream that a log has in the values of its lines."""
        self._messages: list[tuple[Content, str]] = []
        self._read_text = read_text
        self._losses = Losses()
        self._open_key: str | None = None
        """The key of a text that ended within a line: what stands there next goes on with it."""

    def take(self, tokens: Iterable[Token]) -> None:
        """Take the tokens of one block."""
        for token in tokens:
            self._take(token)
        self.end()

    def _take(self, token: Token) -> None:
        match token:
            case Head(status=status):
                self.end(keep_request=True)
                connected = self._request is not None and self._request.method == "CONNECT"
                self._head = None if status in _SKIPPED_STATUS or connected else token
            case CalledRoute():
                self.end()
                self._request = token
            case Field(name=name, value=value, raw=raw):
                self._go_on()
                self._frames.add_field(name, value, raw)
            case Blank(raw=raw):
                self._frames.add_blank(raw)
            case Value():
                self._take_value(token)
            case Rest(line=line, elided=elided):
                self._take_rest(line, elided)
            case Gap():
                self._repairs.add(r.LEFT_OUT)
                self._separate()
                self._losses.is_open = self._has_begun
            case Noise(line=line):
                self._separate()
                self._losses.is_stopped |= is_stopped(line)
                self._losses.is_filtered |= is_filtered(line)

    def _go_on(self) -> None:
        """Something of a stream follows: what was left out before it was left out of its middle."""
        if self._losses.is_open and self._has_begun:
            self._losses.has_gap = True
        self._losses.is_open = self._losses.has_dots = False

    @property
    def _has_begun(self) -> bool:
        return self._frames.has_any or bool(self._messages)

    def _take_rest(self, line: str, elided: bool) -> None:
        if self._head is not None and not self._frames.frames:
            self._text += line
            return
        self._losses.has_dots |= elided and self._has_begun
        if _EVENT.search(line):
            self._add_loss(1)
            return
        self._repairs.add(r.PROSE)
        if not elided:
            self._separate()

    def _separate(self) -> None:
        """What stands between two streams ends the first, where it came to its end."""
        frames = self._frames.frames
        if frames and (frames[-1].data == [DONE] or event_type(frames[-1]) in ENDINGS):
            self.end()

    def _take_value(self, token: Value) -> None:
        value = token.value
        self._go_on()
        if token.elided and isinstance(value, str | bytes):
            self._add_loss(1)
            return
        if isinstance(value, str) and value[:1] == "{" and shortens_json(value):
            self._add_loss(1)
            return
        if isinstance(value, str) and not self._pieces and is_event(event := _loaded(value)) and len(event) > 1:
            value = event
        if isinstance(value, str | bytes):
            self._pieces.append(value if isinstance(value, str) else value.decode("utf-8", "surrogateescape"))
            return
        self._losses.has_unreadable |= token.wrapped
        is_named_alone = isinstance(value, dict) and value.keys() == {"type"} and not token.is_first
        found = [] if is_named_alone else list(contents(value, token.text, open_key=self._open_key))
        if found and token.elided:
            whole = [content for content in found if holds_text(value, content.text)]
            self._add_loss(len(found) - len(whole))
            found = whole
            if not found:
                return
        if not found and self._head is not None and not self._frames.frames and token.is_first and not self._text:
            self._add_body(token.text or json.dumps(value))
        elif not found:
            self._repairs.add(r.UNKNOWN)
        for content in found:
            self._take_content(content, token.mark)

    def _add_loss(self, count: int) -> None:
        """Count events that are there, and cannot be read."""
        self._repairs.add(r.UNREADABLE, count)
        self._losses.has_unreadable |= count > 0

    def _take_content(self, content: Content, mark: str) -> None:
        if content.kind is Kind.TEXT:
            self._pieces.append(content.text)
            breaks_off = ends_early(content.text.partition(":")[2].strip())
            is_open = "\n" in content.text or content.key == self._open_key or breaks_off
            self._open_key = content.key if is_open and not content.text.endswith("\n") else None
        elif content.kind is Kind.BODY:
            if self._head is None and is_partial(_loaded(content.text)):
                self._repairs.add(r.PARTIAL)
                return
            self._add_body(content.text)
        else:
            self._messages.append((content, "<" if content.received else mark))
            if len(self._messages) > limits.EVENTS:
                raise limits.PasteTooLarge(f"it holds more than {limits.EVENTS:,} events")

    def end(self, keep_request: bool = False) -> None:
        """End what has begun: a stream, a body below its head, a dialogue over a socket."""
        if self._pieces:
            pieces, self._pieces = self._pieces, []
            self._repairs.add(r.PIECE, len(pieces))
            if is_newest_first(pieces):
                self._repairs.add(r.REVERSED)
                pieces.reverse()
            self._take_text("".join(pieces) if any("\n" in piece for piece in pieces) else "\n".join(pieces))
        messages, self._messages = self._messages, []
        if any(content.kind is Kind.SENT for content, _ in messages) or any(mark == "<" for _, mark in messages):
            self._add_turns(messages)
        else:
            self._repairs.add(r.EVENTS, len(messages))
            is_printed = any(is_dump(content.text) for content, _ in messages)
            self._repairs.add(r.DUMPED, is_printed)
            for content, _ in messages:
                text = text_as_sent(content.text) if is_printed else content.text
                self._frames.add_event(content.event or _type_of(text), text)
        frames, self._frames = self._frames.end(), FrameCollector(self._repairs)
        streams = list(streams_of(in_order(frames, self._repairs), self._repairs))
        for part in streams:
            self._add_stream(part, part is streams[-1])
        if self._text.strip() and not frames:
            self._add_body(self._text)
        if frames or not keep_request:
            self._losses = Losses()
        self._text, self._head = "", None
        if not keep_request:
            self._request = None

    def _take_text(self, text: str) -> None:
        for token in self._read_text(text, self._repairs):
            if isinstance(token, Value) and isinstance(token.value, str | bytes):
                written = token.value if isinstance(token.value, str) else ""
                if isinstance(value := _loaded(written), dict):
                    self._take(Value(value, written, token.mark, token.elided, token.is_first))
            elif isinstance(token, Field | Blank | Value | Head | CalledRoute | Gap):
                self._take(token)

    def _add_stream(self, frames: Sequence[FrameText], is_last: bool) -> None:
        left = remainder(frames, self._losses, self.cut, is_last, self._repairs)
        kept = left.frames
        if not any(event_type(frame) or frame.json for frame in kept):
            self._repairs.add(r.PROSE, len(kept))
            return
        notes = {PASTED, "untimed"}
        if not all(frame.verbatim for frame in kept):
            notes |= {"framing-reconstructed", "reserialised"}
        if is_mixed(kept):
            notes.add(EXCERPT)
            self._repairs.add(r.MIXED)
        elif left.is_excerpt:
            notes.add(EXCERPT)
            self._repairs.add(r.EXCERPT)
        elif left.is_cut:
            self._repairs.add(r.CUT)
        notes |= {"stream-cut"} if left.is_cut else set()
        text = "".join(frame.raw if frame.verbatim and frame.closed else frame.text() for frame in kept)
        text = _LONE.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
        self._add(text.encode("utf-8", "surrogateescape"), notes, stream=True)

    def _add_body(self, text: str) -> None:
        body = text.strip()
        if self._head is None and is_dump(body):
            body = text_as_sent(body)
            self._repairs.add(r.DUMPED)
        self._text = ""
        if ends_early(body):
            self._repairs.add(r.BROKEN_OFF)
            return
        notes = {PASTED, "untimed"}
        value = _loaded(body)
        if has_elided_member(value):
            self._repairs.add(r.SHALLOW)
            return
        if self._head is None and is_refusal(value):
            notes.add(REFUSAL)
        self._add(body.encode("utf-8", "surrogatepass"), notes, stream=False)
        self._head = None

    def _add(self, data: bytes, notes: set[str], stream: bool) -> None:
        head, sent = self._head, self._request
        id = f"{self._name}#{len(self.exchanges)}" if self.exchanges else self._name
        request = parts.request_to(sent.method, sent.path, sent.headers, None) if sent else None
        chunks = (Chunk(0.0, data),)
        if head is None:
            headers = () if not stream or data.startswith((b"event:", b"data:")) else _STREAM
            response = Response(None, headers, chunks, complete="stream-cut" not in notes)
            notes |= {"body-only", "headers-partial"}
        else:
            response = Response(head.status, head.headers, chunks, complete="stream-cut" not in notes)
        self.exchanges.append(Exchange(id, request, response, notes=frozenset(notes)))

    def _add_turns(self, messages: Sequence[tuple[Content, str]]) -> None:
        """The turns of a dialogue over a socket."""
        dialogue = (
            SocketMessage(content.kind is Kind.SENT or mark == ">", content.text.encode("utf-8", "surrogatepass"))
            for content, mark in messages
        )
        is_excerpt = self._losses.has_unreadable or self._losses.has_gap
        self._repairs.add(r.EXCERPT, is_excerpt)
        self.exchanges += turns(self._name, "/responses", dialogue, {PASTED, *([EXCERPT] if is_excerpt else [])})


def _type_of(text: str) -> str | None:
    value = _loaded(text)
    kind = value.get("type") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) and "\n" not in kind else None


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
