"""What judges each requirement and what proves that, for the pages of the contract."""

from __future__ import annotations

from antiphon.contract.site.requirements import ProofSources
from antiphon.explain.judges import checks, faults, suite_tests


def proof(requirement: str) -> ProofSources:
    """The checks, suite tests and faults of a requirement, under the names that grep finds."""
    from antiphon.server.faults import catalogue

    return ProofSources(
        checks=tuple(f"antiphon.judge.checks.{name}" for name in checks().get(requirement, ())),
        tests=tuple(f"suites/{name}" for name in suite_tests().get(requirement, ())),
        faults={name: catalogue()[name].says for name in faults().get(requirement, ())},
    )
