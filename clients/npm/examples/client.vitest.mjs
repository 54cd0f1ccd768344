// vitest: the same as client.test.mjs, in short. Run with `npx vitest run`.
import { afterAll, beforeAll, expect, test } from "vitest";
import { startServer } from "../index.js";

let server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

test("the test says what is answered, and knows what was sent", async () => {
  await server.say("Rain.");
  const body = JSON.stringify({ model: "gpt-4o", input: "Weather?" });
  const reply = await fetch(`${server.url}/responses`, { method: "POST", headers: { "content-type": "application/json" }, body });
  expect((await reply.json()).output[0].content[0].text).toBe("Rain.");
  const [request] = await server.requests();
  expect(request.body.input).toBe("Weather?");
});
