// node --test: what a client sends, and how it takes answers and faults.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { startServer } from "../index.js";

let server;
before(async () => (server = await startServer()));
afterEach(() => server.reset());
after(() => server.stop());

/** Stands for the client that is tested. */
async function ask(input, more = {}) {
  const body = JSON.stringify({ model: "gpt-4o", input, ...more });
  const reply = await fetch(`${server.url}/responses`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return more.stream ? reply.text() : reply.json();
}

test("what was sent is known", async () => {
  const response = await ask("Say hi.");
  const [request] = await server.waitFor(1);
  assert.equal(request.body.input, "Say hi.");
  assert.equal(request.response_id, response.id);
});

test("the test says what is answered", async () => {
  await server.call("get_weather", { city: "Oslo" });
  await server.say("Rain.");
  const [call] = (await ask("Weather?")).output;
  assert.deepEqual(JSON.parse(call.arguments), { city: "Oslo" });
  assert.equal((await ask("And?")).output[0].content[0].text, "Rain.");
  await assert.rejects(server.answer({ sya: "x" }), /did you mean 'say'/);
});

test("a stream loses its end", async () => {
  await server.faults("terminal-lost");
  assert.doesNotMatch(await ask("Say hi.", { stream: true }), /response\.completed/);
  await server.faults();
  assert.match(await ask("Say hi.", { stream: true }), /response\.completed/);
});

test("a server that is not there is told with the cure", async () => {
  await assert.rejects(startServer({ command: ["no-such-command-here"] }), /did not start: pip install antiphon/);
});
