"""Options of one run: target, selection, budget, and the folder of its results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from antiphon.contract.depth import Depth
from antiphon.contract.load import DEFAULT_EDITION, nearest
from antiphon.contract.model import Contract
from antiphon.errors import ConfigError
from antiphon.exercise.budget.bounds import Bounds
from antiphon.exercise.surface import SURFACES
from antiphon.exercise.target import Target
from antiphon.generated.options import NO_GENERATION, GenerationOptions

MOST_REPEATS = 100


@dataclass(frozen=True)
class RunOptions:
    """Options of one run."""

    target: Target | None = None
    """None: the reference server, started for this run on a free port."""
    edition: str = DEFAULT_EDITION
    transcripts: tuple[Path, ...] = ()
    """Stored runs to judge in place of a target."""
    folder: Path | None = None
    """Where the transcript and the reports are written; None writes nothing."""
    select: tuple[str, ...] = ()
    """Requirement ids, or prefixes of them, that are judged; empty for all."""
    exclude: tuple[str, ...] = ()
    """Requirement ids, or prefixes of them, that are not judged."""
    profile: str = ""
    """Profile to whose capabilities the run is restricted; empty for all."""
    clients: tuple[str, ...] = ()
    """Known clients whose own requests alone are played; empty for all that the other options take in."""
    surface: str = "both"
    """`both`, `responses` or `chat`: the one whose scenarios alone are played."""
    depth: Depth = Depth.STANDARD
    bounds: Bounds = field(default_factory=Bounds)
    """Bounds of the run."""
    repeat: int = 1
    """Number of times that everything is played."""
    run: int = 1
    """Number of this run among them."""
    shard: tuple[int, int] = (1, 1)
    properties: GenerationOptions = NO_GENERATION
    """Generated requests; none by default."""
    faults: tuple[str, ...] = ()
    """Faults of the reference server; only without a target."""

    def __post_init__(self) -> None:
        if self.faults and self.target:
            raise ConfigError("Faults belong to the reference server; drop --fault or the target.")
        if self.faults:
            check_faults(self.faults)
        if self.surface not in SURFACES:
            raise ConfigError(f"No surface {self.surface!r}; {nearest(self.surface, SURFACES)}")
        number, of = self.shard
        if not 1 <= number <= of:
            raise ConfigError(f"Shard {number}/{of} does not exist; give I/N with I from 1 to N.")
        if not 1 <= self.repeat <= MOST_REPEATS:
            raise ConfigError(f"--repeat is {self.repeat}; give a whole number from 1 to {MOST_REPEATS}.")
        if self.bounds.cost is not None and self.target and not self.target.prices:
            raise ConfigError(
                "--max-cost needs prices: give [targets.NAME.prices] in antiphon.toml, with input and output per model."
            )

    @property
    def part(self) -> str:
        """A name for which shard and which run it is; empty where it is all."""
        number, of = self.shard
        return "" if of == self.run == 1 else f"{number}/{of}/{self.run}"

    @property
    def transcript(self) -> Path:
        """Where the transcript is written, in the folder."""
        return (self.folder or Path()) / (f"transcript-{self.run}.jsonl" if self.run > 1 else "transcript.jsonl")

    @property
    def all_transcripts(self) -> list[Path]:
        """The transcripts of all its runs."""
        return [replace(self, run=run).transcript for run in range(1, self.repeat + 1)]

    @property
    def filtered(self) -> bool:
        """Only a part of the suite is selected, so that no profile can hold."""
        return bool(self.select or self.exclude or self.profile) or self.surface != "both" or self.shard[1] > 1

    @property
    def scope_text(self) -> str:
        """The options that restrict the run, as on the command line."""
        number, of = self.shard
        said = [f"-k {each}" for each in self.select]
        said += [f"--exclude {each}" for each in self.exclude]
        said += [f"--profile {self.profile}"] if self.profile else []
        said += [f"--client {each}" for each in self.clients]
        said += [f"--surface {self.surface}"] if self.surface != "both" else []
        return " ".join([*said, *([f"--shard {number}/{of}"] if of > 1 else [])])

    def wants(self, requirement: str) -> bool:
        """The selection takes in a requirement: by its id, or by a prefix of it that ends at a dot."""
        return (not self.select or _names(self.select, requirement)) and not _names(self.exclude, requirement)


def _names(ids: Sequence[str], requirement: str) -> bool:
    return any(requirement == each or requirement.startswith(each.rstrip(".*") + ".") for each in ids)


def check_faults(names: Sequence[str]) -> None:
    """Raises ConfigError, with the nearest names, for a fault that the reference server does not know."""
    from antiphon.server.faults import catalogue

    for name in names:
        if name not in catalogue():
            raise ConfigError(f"No fault {name!r}; {nearest(name, catalogue())}")


def check_selection(plan: RunOptions, book: Contract) -> None:
    """Raises ConfigError, with the nearest ids, for a profile or a selection that takes in no requirement."""
    if plan.profile and plan.profile not in book.profiles:
        raise ConfigError(f"No profile {plan.profile!r}; {nearest(plan.profile, book.profiles)}")
    for name in plan.clients:
        if name not in book.clients:
            raise ConfigError(f"No client {name!r}; {nearest(name, book.clients)}")
    for each in (*plan.select, *plan.exclude):
        if not any(_names((each,), requirement) for requirement in book.every):
            raise ConfigError(f"No requirement {each!r}; {nearest(each, book.every)}")
