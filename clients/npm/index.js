// Starts and stops Antiphon's reference server, and talks to it below /_antiphon.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

const OPTIONS = ["--journal", "--control", "--any-model", "--pace", "0"];

/** The ways to start a server: as told, from an image, or with the Python that is there. */
async function ways({ command, image, args = [] }) {
  command ??= process.env.ANTIPHON_COMMAND?.split(" ");
  image ??= process.env.ANTIPHON_IMAGE;
  const here = ["serve", "--port", "0", ...OPTIONS, ...args];
  if (command) return [{ words: [...command, ...here] }];
  if (image) {
    const port = await freePort();
    const run = ["docker", "run", "--rm", "--init", "-p", `127.0.0.1:${port}:8000`, image];
    const inside = ["serve", "--host", "0.0.0.0", "--port", "8000", "--allow-faults", ...OPTIONS, ...args];
    return [{ words: [...run, ...inside], url: `http://127.0.0.1:${port}/v1` }];
  }
  return [["antiphon"], ["python3", "-m", "antiphon"], ["python", "-m", "antiphon"]].map((words) => ({ words: [...words, ...here] }));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

/** Start a server on a free port. It answers when this returns; `await server.stop()` ends it. */
export async function startServer(options = {}) {
  const failures = [];
  for (const way of await ways(options)) {
    try {
      return new Server(...(await launch(way, options)));
    } catch (error) {
      failures.push(`${way.words[0]}: ${error.message}`);
    }
  }
  throw new Error(`The reference server did not start: pip install antiphon, or name its image.\n${failures.join("\n")}`);
}

/** The base URL of a server and its process, as soon as it says where it listens. */
async function launch({ words, url }, { timeout = 20_000, env = {} }) {
  const child = spawn(words[0], words.slice(1), { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...env } });
  let complaint = "";
  child.stderr.on("data", (data) => (complaint += data));
  let timer;
  try {
    const line = await new Promise((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("no answer in time")), timeout);
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(complaint.trim() || `exit code ${code}`)));
      child.stdout.once("data", (data) => resolve(String(data)));
    });
    return [url ?? line.split(" ")[0].trim(), child];
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A running server. */
class Server {
  #child;
  #control;

  constructor(url, child) {
    /** The base URL, with its /v1. */
    this.url = url;
    this.#child = child;
    this.#control = new URL("/_antiphon/", url).href;
    process.once("exit", () => child.kill());
    // A test that forgets to stop the server ends nevertheless.
    for (const handle of [child, child.stdout, child.stderr]) handle.unref();
  }

  async #call(method, path, body) {
    const init = { method, ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }) };
    const reply = await fetch(this.#control + path, init);
    const value = await reply.json();
    if (!reply.ok) throw new Error(value.error.message);
    return value.data;
  }

  /** What clients sent, the oldest first: method, path, headers, body, time, status, response_id. */
  requests() {
    return this.#call("GET", "requests");
  }

  /** The requests, as soon as so many have come; an error where they do not within `timeout` seconds. */
  async waitFor(count, timeout = 5) {
    const requests = await this.#call("GET", `requests?wait=${count}&timeout=${timeout}`);
    if (requests.length < count) throw new Error(`Waited ${timeout} s for ${count} requests; ${requests.length} came.`);
    return requests;
  }

  /** Let the next request be answered with this text. */
  say(text, keys = {}) {
    return this.answer({ times: 1, say: text, ...keys });
  }

  /** Let the next request be answered with a call of this function. */
  call(name, args = {}) {
    return this.answer({ times: 1, call: { name, arguments: args } });
  }

  /** Add an answer, as it stands in a script. */
  answer(entry) {
    return this.#call("POST", "answers", entry);
  }

  /** Let these be the answers, in place of those that were added. */
  answers(entries) {
    return this.#call("PUT", "answers", { answers: entries });
  }

  /** Let these faults be on; without names none is. */
  faults(...names) {
    return this.#call("PUT", "faults", { faults: names });
  }

  /** Forget requests, answers and faults. */
  async reset() {
    await Promise.all([this.#call("DELETE", "requests"), this.#call("DELETE", "answers"), this.#call("DELETE", "faults")]);
  }

  /** End the server. */
  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    this.#child.ref();
    this.#child.kill();
    await ended;
    clearTimeout(timer);
  }
}
