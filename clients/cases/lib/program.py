"""Programs that print JSON lines, each run with a home and a working folder of its own."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from lib.harness import need

PASSED_ON = ("PATH", "LANG", "TERM", "TMPDIR")


class Desk:
    """A home and a working folder that last as long as one case."""

    def __init__(self, name):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-"))
        self.home, self.work = self.root / "home", self.root / "work"
        self.home.mkdir()
        self.work.mkdir()

    def write(self, name, content):
        """Put a file into the home: text as it is, anything else as JSON."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))

    def environment(self, **more):
        """What a program sees: nothing of the caller but where programs are."""
        return {**{k: v for k, v in os.environ.items() if k in PASSED_ON}, "HOME": str(self.home), **more}

    def run(self, command, timeout=40, **environment):
        """The exit code and the JSON lines of a program that is run to its end."""
        process = subprocess.Popen(
            command,
            cwd=self.work,
            env=self.environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            out, _ = process.communicate(timeout=timeout)
        except BaseException:
            end(process)
            raise
        return process.returncode, [json.loads(line) for line in out.splitlines() if line.startswith("{")]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.root, ignore_errors=True)


def end(process):
    """Kill a program with all that it started: the wrappers of npm start another."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def check_round_trip(seen):
    """The second of two requests sends back the call of the first answer, with its output."""
    need(len(seen) == 2, f"requests: got {len(seen)}, want 2")
    back = {item["type"]: item for item in seen[1]["input"] if "call_id" in item}
    need("function_call" in back and "function_call_output" in back, f"call and output sent back: {sorted(back)}")
    need(back["function_call"]["call_id"] == back["function_call_output"]["call_id"], "another call_id was sent back")
