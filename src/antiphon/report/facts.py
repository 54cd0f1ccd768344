"""Facts of a run besides its verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit, urlunsplit

from antiphon.clients.sightings import ClientSightings
from antiphon.clients.verdicts import FeatureVerdict
from antiphon.effects.claims import broken_claims
from antiphon.judge.drift import DriftRow
from antiphon.judge.outcome_tally import Silence
from antiphon.recording.records import ScenarioEnd
from antiphon.report.reproduction.command_target import CommandTarget
from antiphon.report.result_model import ResultCapability, ResultParameter, ResultRecording, ResultSpending

PUBLIC_KEYS = ("name", "version", "base_url", "model", "profile")


@dataclass(frozen=True, kw_only=True)
class RunFacts:
    """Facts of a run.

    `source` is run (asked now), transcript (a stored run) or judge (recordings of other programs).
    """

    source: str
    target: Mapping[str, str]
    """Any of name, version, base_url, model, profile; other keys do not reach a result."""
    started_at: str
    """ISO 8601, UTC."""
    duration: float
    filtered: bool = False
    """Only a part of the contract was selected, so no statement on the whole follows."""
    filter: str = ""
    covers: frozenset[str] = frozenset()
    """Capabilities that were nevertheless selected completely."""
    depth: str = ""
    """The deepest depth of which all was played, `none` where that is true of none; empty where it is unknown."""
    runs: int = 1
    """Number of times that everything was played."""
    calls: int = 0
    tokens: int = 0
    spending: ResultSpending | None = None
    """Cost in all and by area."""
    scenarios: Sequence[ScenarioEnd] = ()
    absent: frozenset[str] = frozenset()
    """Capabilities that the configuration says the target lacks; those that it declined are in `scenarios`."""
    transcript: str = ""
    files: Sequence[str] = ()
    """The recordings that were judged, where `source` is judge."""
    recordings: Sequence[ResultRecording] = ()
    """The files that hold what was judged, with their digests; none where nothing was kept or it was no file."""
    drift: Sequence[DriftRow] = ()
    parameters: Sequence[ResultParameter] = ()
    capabilities: Mapping[str, ResultCapability] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of an exchange in its recording, where that is a transcript and the only one."""
    exchanges_judged: int = 0
    exchanges_skipped: int = 0
    commands: CommandTarget | None = None
    """The target as commands name it; None where no more than its address is known."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Requirements for which the run did not ask at all, and why."""
    unanswered: Silence | None = None
    """How many calls got no answer, which was the first, and why; None where all did."""

    clients: tuple[str, ...] = ()
    """Clients whose own requests were asked for: it may be said that they work, though only a part was selected."""
    sightings: ClientSightings = field(default_factory=ClientSightings)
    """What replies show of what known clients do."""
    features: Mapping[str, Mapping[str, FeatureVerdict]] | None = None
    """What becomes of the features of clients, where that was found already; else it is found from the sightings."""
    unshown: Mapping[str, str] = field(default_factory=dict)
    """By capability, why exchanges may not show what belongs to it: what became of its calls, in words."""

    @property
    def missing(self) -> frozenset[str]:
        """Capabilities that the target declines."""
        states = self.capabilities
        if not states:  # a run without tables of effects
            declined = {each.capability for each in self.scenarios if each.outcome == "declined"}
            return self.absent | (declined - {""})
        broken = {"core"} & set(broken_claims(states))
        return self.absent | broken | {id for id, each in states.items() if each["state"] == "declined"}

    def refusal_of(self, capability: str) -> str:
        """How the target declines a capability; empty where it does not."""
        found = self.capabilities.get(capability)
        return f"no {capability}: {found['note']}" if found and found["state"] == "declined" else ""

    @property
    def not_asked(self) -> frozenset[str]:
        """Capabilities of which nothing was asked, since the user did not set up what they take."""
        return frozenset(each.capability for each in self.scenarios if each.outcome == "skipped") - {""}

    @property
    def partial(self) -> bool:
        """What did not happen here says nothing of the target."""
        return self.filtered or self.source == "judge" or bool(self.unanswered)

    @property
    def command_target(self) -> CommandTarget:
        """The target as commands name it."""
        base_url = self.public_target().get("base_url", "")
        if self.commands is None:
            return CommandTarget(base_url)
        return self.commands if self.commands.is_reference else replace(self.commands, base_url=base_url)

    def public_target(self) -> dict[str, str]:
        """The target without secrets: no user, password, query or fragment in its address."""
        target = {key: str(self.target[key]) for key in PUBLIC_KEYS if self.target.get(key)}
        if "base_url" in target:
            target["base_url"] = _bare(target["base_url"])
        return target


def _bare(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
