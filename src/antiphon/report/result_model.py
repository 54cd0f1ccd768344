"""A result as it is read: the values of a result.json, by name and type as `spec/result.schema.json` has them.

The schema says what each value means. A file that has been held to it is such a value as it is.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class ResultEvidence(TypedDict):
    """Where a requirement comes from."""

    kind: str
    source: str
    where: str
    date: str
    counts: str


class ResultViolation(TypedDict):
    """A place where the requirement is broken."""

    exchange: str
    at: str
    expected: str
    got: str
    message: str
    curl: str
    script: NotRequired[str]
    file: NotRequired[str]
    line: NotRequired[int]


class ResultRuns(TypedDict):
    """Where everything was played several times: in how many runs it was judged, and in how many of those it held."""

    judged: int
    held: int


class ResultRequirement(TypedDict):
    """One requirement that counts in the edition, and what became of it."""

    id: str
    says: str
    level: str
    capability: str
    area: str
    verdict: str
    judged: int
    violated: int
    seconds: NotRequired[float]
    runs: NotRequired[ResultRuns]
    reason: str
    evidence: list[ResultEvidence]
    breaks: list[str]
    violations: list[ResultViolation]


class ResultCause(TypedDict):
    """What one change of the server would mend."""

    id: str
    title: str
    level: str
    requirements: list[str]
    places: int
    clients: list[str]
    first: NotRequired[ResultViolation]


class ResultProfile(TypedDict):
    """A statement on a named set of capabilities. Its must requirements decide."""

    says: str
    holds: bool | None
    requirements: int
    judged: int
    broken: list[str]
    missing: list[str]
    unjudged: list[str]
    not_asked: NotRequired[list[str]]


class ResultFeature(TypedDict):
    """What becomes of one feature of a client: works, fails, declined or unknown, and why."""

    state: str
    requirement: NotRequired[str]
    why: NotRequired[str]
    exchange: NotRequired[str]


class ResultClient(TypedDict):
    """A statement on a known program that talks to such servers."""

    title: str
    version: str
    works: bool | None
    broken: list[str]
    unknown: int
    features: NotRequired[dict[str, ResultFeature]]


class ResultDrift(TypedDict):
    """Something that the contract does not know, seen in a reply. Not a failure."""

    kind: str
    what: str
    name: str
    exchange: str
    at: str
    count: int


class ResultScenario(TypedDict):
    """How a scenario ended."""

    name: str
    outcome: str
    reason: str
    exchange: str


class ResultEvent(TypedDict):
    """One frame of an event stream, or one message of a socket."""

    frame: int
    event: NotRequired[int]
    at: float
    name: str
    text: str


class ResultExchange(TypedDict):
    """One request and what came back."""

    method: str
    path: str
    sent_headers: list[list[str]]
    sent: str
    status: int | None
    headers: list[list[str]]
    body: str
    size: int
    complete: bool
    elapsed: float
    failure: str
    intent: NotRequired[str]
    outcome: NotRequired[str]
    events: list[ResultEvent]
    events_total: int


class ResultInvalidValue(TypedDict):
    """A value that must be refused. Status, type, code and param are what came, as text; empty where nothing did."""

    value: str
    trigger: str
    verdict: str
    status: str
    type: str
    code: str
    param: str
    exchange: str


class ResultParameter(TypedDict):
    """What became of a parameter, by what a server did and not by what it said."""

    name: str
    surface: str
    verdict: str
    evidence: list[str]
    note: str
    invalid: list[ResultInvalidValue]


class ResultCapability(TypedDict):
    """Whether the target has a capability."""

    state: str
    claimed: bool | None
    evidence: list[str]
    note: str


class ResultArea(TypedDict):
    """What the calls of one area of the suite cost."""

    area: str
    calls: int
    tokens: int
    cost: float | None


class ResultSpending(TypedDict):
    """What the calls cost, in all and by area of the suite."""

    input_tokens: int
    output_tokens: int
    cost: float | None
    retried: int
    deleted: int
    not_deleted: int
    areas: list[ResultArea]


class ResultTarget(TypedDict):
    """What was asked, without secrets."""

    name: NotRequired[str]
    base_url: NotRequired[str]
    model: NotRequired[str]
    profile: NotRequired[str]
    version: NotRequired[str]


class ResultExercised(TypedDict):
    """The two numbers: how much was exercised, and how much of that held."""

    requirements: int
    judged: int
    held: int


class ResultSilence(TypedDict):
    """Calls to which no answer came."""

    calls: int
    first: str
    reason: str


class ResultExchanges(TypedDict):
    """What the judge read."""

    judged: int
    skipped: int
    unanswered: NotRequired[ResultSilence]


class ResultRecording(TypedDict):
    """A file that the result was judged from."""

    name: str
    sha256: str
    bytes: int


class Result(TypedDict):
    """What Antiphon found in one run. All reports are made from this file."""

    antiphon: str
    schema: int
    edition: str
    source: str
    target: ResultTarget
    started_at: str
    duration: float
    filtered: bool
    filter: str
    depth: NotRequired[str]
    totals: dict[str, int]
    exercised: ResultExercised
    runs: NotRequired[int]
    calls: int
    tokens: int
    spending: NotRequired[ResultSpending]
    exchanges: ResultExchanges
    requirements: list[ResultRequirement]
    causes: NotRequired[list[ResultCause]]
    profiles: dict[str, ResultProfile]
    clients: dict[str, ResultClient]
    drift: list[ResultDrift]
    parameters: NotRequired[list[ResultParameter]]
    capabilities: NotRequired[dict[str, ResultCapability]]
    scenarios: list[ResultScenario]
    transcript: str
    files: list[str]
    recordings: NotRequired[list[ResultRecording]]
    digest: NotRequired[str]
    traffic: NotRequired[dict[str, ResultExchange]]
