// What the official Node client hears from a server: BASE_URL and API_KEY in the environment, one JSON object as output.
import assert from "node:assert/strict";
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY, maxRetries: 0, timeout: 10_000 });
const model = "antiphon-1";
const parameters = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const tool = { type: "function", name: "look_up", strict: true, parameters };
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const steps = {
  async create() {
    const first = await client.responses.create({ model, input: "My name is Alice." });
    const second = await client.responses.create({ model, input: "Again.", previous_response_id: first.id });
    assert.equal(second.previous_response_id, first.id);
    assert.equal((await client.responses.retrieve(second.id)).output_text, second.output_text);
    assert.ok(second._request_id);
  },
  async stream() {
    const types = [];
    for await (const event of await client.responses.create({ model, input: "Say hi.", stream: true })) types.push(event.type);
    assert.equal(types.at(-1), "response.completed");
  },
  async accumulate() {
    const stream = client.responses.stream({ model, input: "Look up.", tools: [tool], tool_choice: "required" });
    let heard = "";
    stream.on("response.function_call_arguments.delta", (event) => (heard += event.delta));
    const final = await stream.finalResponse();
    assert.equal(final.output.find((item) => item.type === "function_call").arguments, heard);
  },
  async parse() {
    const format = { type: "json_schema", name: "place", strict: true, schema: parameters };
    const response = await client.responses.parse({ model, input: "Where?", text: { format } });
    assert.equal(typeof response.output_parsed.city, "string");
  },
  async background() {
    let made = await client.responses.create({ model, input: "Say hi.", background: true });
    assert.equal(made.status, "queued");
    for (let turn = 0; turn < 250 && ["queued", "in_progress"].includes(made.status); turn++) {
      await sleep(20);
      made = await client.responses.retrieve(made.id);
    }
    assert.equal(made.status, "completed");
    const long = await client.responses.create({ model, input: "Count to 1000.", background: true });
    assert.equal((await client.responses.cancel(long.id)).status, "cancelled");
  },
  async resume() {
    const asked = { model, input: "Say hi.", background: true, stream: true };
    const numbers = [];
    let id;
    for await (const event of await client.responses.create(asked)) {
      id ??= event.response.id;
      numbers.push(event.sequence_number);
      if (numbers.length === 4) break;
    }
    for await (const event of await client.responses.retrieve(id, { stream: true, starting_after: 3 })) numbers.push(event.sequence_number);
    assert.deepEqual(numbers, [...numbers.keys()]);
    assert.equal((await client.responses.stream({ response_id: id, starting_after: 3 }).finalResponse()).status, "completed");
  },
  async items() {
    const input = [1, 2, 3, 4, 5].map((number) => ({ role: "user", content: `Line ${number}.` }));
    const made = await client.responses.create({ model, input });
    const texts = [];
    for await (const item of client.responses.inputItems.list(made.id, { limit: 2, order: "asc" })) texts.push(item.content[0].text);
    assert.deepEqual(texts, input.map((item) => item.content));
    await client.responses.delete(made.id);
    await assert.rejects(client.responses.retrieve(made.id), OpenAI.NotFoundError);
  },
  async counts() {
    const counted = await client.responses.inputTokens.count({ model, input: "Say hi." });
    assert.equal(counted.input_tokens, (await client.responses.create({ model, input: "Say hi." })).usage.input_tokens);
    const compacted = await client.responses.compact({ model, input: [{ role: "user", content: "My name is Alice." }] });
    await client.responses.create({ model, input: [...compacted.output, { role: "user", content: "Go on." }] });
  },
  async conversations() {
    const conversation = await client.conversations.create({ items: [{ role: "user", content: "Hello." }] });
    await client.responses.create({ model, input: "Say hi.", conversation: conversation.id });
    const kinds = [];
    for await (const item of client.conversations.items.list(conversation.id, { limit: 1 })) kinds.push(item.type);
    assert.deepEqual(kinds, ["message", "message", "message"]);
    assert.equal((await client.conversations.delete(conversation.id)).deleted, true);
  },
  async chat() {
    const messages = [{ role: "user", content: "Say hi." }];
    const plain = await client.chat.completions.create({ model, messages, store: true });
    const streamed = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
    assert.equal(streamed.choices[0].message.content, plain.choices[0].message.content);
    assert.equal((await client.chat.completions.retrieve(plain.id)).id, plain.id);
    assert.equal((await client.chat.completions.delete(plain.id)).deleted, true);
  },
  async errors() {
    await assert.rejects(client.responses.create({ model, input: "x", temperature: 9 }), (error) => {
      assert.ok(error instanceof OpenAI.BadRequestError);
      assert.equal(error.param, "temperature");
      return true;
    });
    const stranger = client.withOptions({ apiKey: "sk-wrong-and-long-enough" });
    await assert.rejects(stranger.responses.create({ model, input: "x" }), OpenAI.AuthenticationError);
  },
};

const told = {};
for (const [name, step] of Object.entries(steps)) {
  told[name] = await step().then(() => "fine", (error) => String(error.stack ?? error));
}
console.log(JSON.stringify(told));
