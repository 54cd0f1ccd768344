"""The end of each `--help`: examples, and the exit codes of the command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ADDRESS = "--base-url http://127.0.0.1:8000/v1 --model my-model"
EXAMPLES: Mapping[str, Sequence[str]] = {
    "init": ("antiphon init", "antiphon init http://127.0.0.1:8000 --model my-model --yes"),
    "run": (
        "antiphon run",
        "antiphon run http://127.0.0.1:8000",
        f"antiphon run {ADDRESS} --profile core --max-calls 40 --verbose",
        "antiphon run --transcript antiphon-report/transcript.jsonl -k stream.sequence",
        "antiphon run --client codex --client ai-sdk",
    ),
    "judge": (
        "antiphon judge traffic.har",
        "antiphon judge cassette.yaml stream.sse --verbose -k usage",
        "antiphon judge gateway.jsonl.gz --partial part.json",
        "antiphon judge --merge part.json other-part.json",
    ),
    "soak": (
        "antiphon soak --users 1,8 --duration 5",
        "antiphon soak http://127.0.0.1:8000 --users 1,10,100 --duration 60",
        "antiphon soak --locustfile",
    ),
    "serve": ("antiphon serve", "antiphon serve --port 8000 --fault text-delta-lost"),
    "clients": ("antiphon clients", "antiphon clients --json", "antiphon explain --client codex"),
    "faults": ("antiphon faults --area stream", "antiphon faults text-delta-lost"),
    "report": (
        "antiphon report before.json after.json --out site",
        "antiphon report staging=antiphon-report/result.json --out site",
        "antiphon report antiphon-report/result.json --format sarif",
        "antiphon report --verify antiphon-report/result.json antiphon-report/transcript.jsonl",
    ),
    "matrix": ("antiphon matrix run litellm", "antiphon matrix judge", "antiphon matrix site --out site"),
    "compare": (
        "antiphon compare before.json antiphon-report/result.json",
        "antiphon compare --edition openai-2026-08 --edition azure-2026",
    ),
    "baseline": ("antiphon baseline antiphon-report/result.json -o antiphon-baseline.yaml",),
    "nightly": ("antiphon nightly --target openai --max-calls 150 --confirm",),
    "history": ("antiphon history results/",),
    "redact": ("antiphon redact traffic.har -o clean.jsonl",),
    "list": ("antiphon list --area usage --level must", "antiphon list profiles"),
    "explain": ("antiphon explain stream.sequence.contiguous", "antiphon explain temperature"),
    "selftest": ("antiphon selftest --fault text-delta-lost",),
    "doctor": ("antiphon doctor http://127.0.0.1:8000", f"antiphon doctor {ADDRESS} --free"),
    "proxy": ("antiphon proxy --upstream http://127.0.0.1:8000/v1 --port 8080",),
    "spec": ("antiphon spec --bundle --out openapi.json",),
    "drift": ("antiphon drift --sdk", "antiphon drift --openapi openapi.yaml"),
}

MEANINGS = {
    0: "what was judged holds",
    1: "a must is broken, or a call got no answer",
    2: "wrong use, or nothing was judged",
    3: "the server does not answer",
    4: "an error of ours",
    5: "an entry of the baseline is out of date",
    130: "ended with Ctrl-C; what was stored is deleted, what was played is judged",
    143: "ended with SIGTERM, likewise",
}
READERS = {0: "done", 2: "wrong use, or a file that cannot be read", 4: MEANINGS[4]}
"""Codes of a command that reads or writes files and asks no server."""
EXIT_CODES: Mapping[str, Mapping[int, str]] = {
    "run": MEANINGS,
    "soak": {
        **{code: MEANINGS[code] for code in (2, 3, 4, 130, 143)}, 0: "what held at the first step held at all",
        1: "a must broke that held at the first step",
    },
    "judge": {code: MEANINGS[code] for code in (0, 1, 2, 4, 5)},
    "nightly": {
        0: "nothing moved since the last run", 1: "a must broke", 5: "something else moved",
        2: "wrong use, or the key is refused from the start",
        3: "the server does not answer, or an outage, a limit or a spent account kept it from being judged",
        4: MEANINGS[4],
    },
    "proxy": {code: MEANINGS[code] for code in (0, 1, 2, 3, 4)},
    "doctor": {0: "it can be judged", 1: "it cannot", **{code: MEANINGS[code] for code in (2, 3, 4)}},
    "matrix": {**READERS, 0: "all that was asked for is published", 3: "one could not be installed, started or judged"},
    "report": {**READERS, 1: "with --verify: the result is not what its recording shows"},
    "compare": {**READERS, 1: "a must is newly broken"},
    "drift": {**READERS, 5: "something moved"},
    "selftest": {**READERS, 0: "every fault is caught", 1: "a fault is missed, or caught by others"},
}  # fmt: skip


def epilog(command: str) -> str:
    """The end of the help of a command, as click prints it: paragraphs that keep their lines."""
    return f"{_paragraph('Examples', EXAMPLES[command])}\n\n{_codes(EXIT_CODES.get(command, READERS))}"


def _codes(codes: Mapping[int, str]) -> str:
    return _paragraph("Exit codes", [f"{code:<4} {meaning}" for code, meaning in sorted(codes.items())])


def _paragraph(title: str, lines: Sequence[str]) -> str:
    return "\n".join(["\b", f"{title}:", *(f"  {line}" for line in lines)])


GROUP_EPILOG = "\n\n".join(
    [
        _paragraph(
            "Examples",
            [
                "antiphon run                          judge the bundled reference server",
                "antiphon run http://127.0.0.1:8000    judge yours",
                "antiphon judge traffic.har            judge what was recorded",
                "antiphon COMMAND --help               options, examples and exit codes",
            ],
        ),
        _codes({code: MEANINGS[code] for code in (0, 1, 2, 3, 4)} | {5: "something is out of date, or moved"}),
        _paragraph(
            "Completion in bash (zsh and fish: docs/quick-start.md)",
            ['eval "$(_ANTIPHON_COMPLETE=bash_source antiphon)"'],
        ),
    ]
)
