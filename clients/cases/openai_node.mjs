// The openai Node SDK against a Responses API server.
import OpenAI from 'openai';
import { zodTextFormat, zodResponsesFunction } from 'openai/helpers/zod';
import { ResponsesToolRunner } from 'openai/helpers/responses-tool-runner';
import { ResponsesWS } from 'openai/resources/responses/ws';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, Skip, WEATHER_TOOL, callsOf, checkResponse, checkUsage, checkWeather, eq, fault, forcing, need, suite, textOf } from './lib/harness.mjs';

const t = suite('openai-node');
const c = new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY, maxRetries: 0, timeout: 60_000 });
const ASK = 'Say hello in one short sentence.';
const base = { model: MODEL, input: ASK };
const FORCED = { type: 'function', name: 'get_weather' };
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number().int(), parts: z.array(z.object({ name: z.string(), size: z.number() })), note: z.string().nullable() });
const BAD_ID = 'resp_' + '0'.repeat(48);

async function rejects(cls, fn) {
  try { await fn(); } catch (e) {
    need(e instanceof cls, `want ${cls.name}, got ${e?.constructor?.name}: ${e?.message}`);
    return e;
  }
  throw new Error(`want ${cls.name}, got an answer`);
}

t.case('create: text', 'text', async () => {
  const r = checkResponse(await c.responses.create(base));
  need(r.output_text, 'output_text is empty');
  eq(r.output_text, textOf(r), 'output_text');
  need(r._request_id, 'no x-request-id header');
});

t.case('create: input items, instructions and metadata', 'text', async () => {
  const r = checkResponse(await c.responses.create({ model: MODEL, instructions: 'Be kind.', metadata: { k: 'v' }, input: [
    { role: 'system', content: 'Be brief.' }, { role: 'user', content: [{ type: 'input_text', text: ASK }] }] }));
  eq([r.instructions, r.metadata], ['Be kind.', { k: 'v' }], 'echo');
});

t.case('structured: responses.parse with zod', 'structured', async () => {
  const r = await c.responses.parse({ ...base, text: { format: zodTextFormat(Report, 'report') } });
  Report.parse(r.output_parsed);
});

t.case('structured: responses.stream with zod', 'structured,stream', async () => {
  const r = await c.responses.stream({ ...base, text: { format: zodTextFormat(Report, 'report') } }).finalResponse();
  Report.parse(r.output_parsed);
});

t.case('stream: events and final text', 'stream', async () => {
  const evs = [];
  for await (const e of await c.responses.create({ ...base, stream: true })) evs.push(e);
  eq(evs[0].type, 'response.created', 'first event');
  eq(evs.at(-1).type, 'response.completed', 'last event');
  const deltas = evs.filter(e => e.type === 'response.output_text.delta').map(e => e.delta).join('');
  eq(deltas, textOf(checkResponse(evs.at(-1).response)), 'deltas joined');
});

t.case('stream: the strict accumulator', 'stream', async () => {
  const s = c.responses.stream(base);
  let snap = '', n = 0;
  s.on('response.output_text.delta', e => { snap = e.snapshot; n++; });
  const r = checkResponse(await s.finalResponse());
  need(n, 'no deltas');
  eq(snap, r.output_text, 'snapshot');
});

t.case('stream: the strict accumulator with reasoning asked for', 'stream,reasoning', async () => {
  checkResponse(await c.responses.stream({ ...base, reasoning: { effort: 'low', summary: 'auto' } }).finalResponse());
});

t.case('stream: aborted early, the client goes on', 'stream', async () => {
  for (let i = 0; i < 3; i++) {
    const s = await c.responses.create({ ...base, stream: true });
    for await (const _ of s) break;
  }
  checkResponse(await c.responses.create(base));
});

t.case('tools: forced function round trip', 'tools,continuation', async () => {
  const r = checkResponse(await c.responses.create({ ...base, tools: [WEATHER_TOOL], tool_choice: FORCED }));
  const calls = callsOf(r);
  checkWeather(JSON.parse(calls[0].arguments));
  const r2 = checkResponse(await c.responses.create({ model: MODEL, previous_response_id: r.id, tools: [WEATHER_TOOL], tool_choice: 'none',
    input: calls.map(k => ({ type: 'function_call_output', call_id: k.call_id, output: '21' })) }));
  need(r2.output_text, 'no answer text');
});

t.case('tools: zod function through the stream helper', 'tools,stream', async () => {
  const tool = zodResponsesFunction({ name: 'get_weather', description: 'Weather.', parameters: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }) });
  const s = c.responses.stream({ ...base, tools: [tool], tool_choice: FORCED });
  let snap;
  s.on('response.function_call_arguments.delta', e => { snap = e.snapshot; });
  const call = callsOf(await s.finalResponse())[0];
  eq(snap, call.arguments, 'argument snapshot');
  checkWeather(call.parsed_arguments);
});

t.case('tools: custom tool through the stream helper', 'tools,stream', async () => {
  const r = await c.responses.stream({ ...base, tools: [{ type: 'custom', name: 'run_code' }], tool_choice: { type: 'custom', name: 'run_code' } }).finalResponse();
  need(typeof callsOf(r, 'custom_tool_call')[0]?.input === 'string', 'no custom_tool_call');
});

t.case("tools: the SDK's tool runner, plain, streamed and eager", 'tools,stream', async () => {
  for (const how of [{}, { stream: true }, { stream: true, eager: true }]) {
    const asked = [];
    const k = new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY, maxRetries: 0, fetch: forcing(FORCED) });
    const runner = new ResponsesToolRunner({ functions: [{ tool: WEATHER_TOOL, execute: a => { asked.push(a); return '21'; } }] });
    const r = await runner.run(k, { model: MODEL, input: [{ role: 'user', content: 'Weather in Oslo?' }], store: false }, { maxSteps: 4, ...how });
    checkResponse(r);
    eq(asked.length, 1, 'times the tool was run');
    checkWeather(asked[0]);
  }
});

t.case('stored: retrieve, input items, delete', 'stored', async () => {
  const r = await c.responses.create({ model: MODEL, input: [0, 1, 2, 3, 4].map(i => ({ role: 'user', content: `part ${i}` })) });
  eq((await c.responses.retrieve(r.id)).output_text, r.output_text, 'retrieved text');
  const got = [];
  for await (const i of c.responses.inputItems.list(r.id, { order: 'asc', limit: 2 })) got.push(i.content[0].text);
  eq(got, [0, 1, 2, 3, 4].map(i => `part ${i}`), 'input items');
  await c.responses.delete(r.id);
  await rejects(OpenAI.NotFoundError, () => c.responses.retrieve(r.id));
});

t.case('background: polled, then cancelled', 'background', async () => {
  let r = await c.responses.create({ ...base, background: true });
  for (let i = 0; i < 200 && ['queued', 'in_progress'].includes(r.status); i++) {
    await new Promise(f => setTimeout(f, 100));
    r = await c.responses.retrieve(r.id);
  }
  checkResponse(r);
  const x = await c.responses.create({ ...base, background: true });
  need(['cancelled', 'completed'].includes((await c.responses.cancel(x.id)).status), 'status after cancel');
});

t.case('background: stream resumed', 'background,stream', async () => {
  const head = [];
  for await (const e of await c.responses.create({ ...base, background: true, stream: true })) { head.push(e); if (head.length === 3) break; }
  const tail = [];
  for await (const e of await c.responses.retrieve(head[0].response.id, { stream: true, starting_after: head[2].sequence_number })) tail.push(e);
  need(tail[0].sequence_number > head[2].sequence_number, 'resumed stream repeats');
  eq(tail.at(-1).type, 'response.completed', 'last event');
  const full = await c.responses.stream({ response_id: head[0].response.id, starting_after: 2 }).finalResponse();
  eq(full.output_text, textOf(tail.at(-1).response), 'replayed text');
});

t.case('input tokens and compact', 'input-tokens,compaction', async () => {
  const n = await c.responses.inputTokens.count(base);
  need(Number.isInteger(n.input_tokens) && n.input_tokens > 0, 'input_tokens');
  const k = await c.responses.compact({ model: MODEL, input: [{ role: 'user', content: 'Remember 7.' }] });
  eq(k.object, 'response.compaction', 'object');
  checkUsage(k.usage);
  need(k.output.some(i => i.type === 'compaction' && i.encrypted_content), 'no compaction item');
});

t.case('conversations', 'conversations', async () => {
  const v = await c.conversations.create({ metadata: { a: 'b' }, items: [{ type: 'message', role: 'user', content: 'n0' }] });
  await c.conversations.items.create(v.id, { items: [{ type: 'message', role: 'user', content: 'n1' }] });
  const r = await c.responses.create({ ...base, conversation: v.id });
  eq(r.conversation.id, v.id, 'response.conversation.id');
  const got = [];
  for await (const i of c.conversations.items.list(v.id, { order: 'asc', limit: 2 })) got.push(i.role);
  eq(got.slice(0, 3), ['user', 'user', 'user'], 'roles');
  need(got.includes('assistant'), 'no assistant item');
  need((await c.conversations.delete(v.id)).deleted, 'not deleted');
  await rejects(OpenAI.NotFoundError, () => c.conversations.retrieve(v.id));
});

t.case('errors: bad request, not found', 'errors', async () => {
  const e = await rejects(OpenAI.BadRequestError, () => c.responses.create({ ...base, temperature: 99 }));
  eq([e.type, e.param], ['invalid_request_error', 'temperature'], 'error type and param');
  await rejects(OpenAI.NotFoundError, () => c.responses.retrieve(BAD_ID));
  await rejects(OpenAI.NotFoundError, () => c.responses.delete(BAD_ID));
});

t.case('errors: a wrong key', 'errors', async () => {
  const k = new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY + '-wrong', maxRetries: 0 });
  let r;
  try { r = await k.responses.create(base); } catch (e) {
    return need(e instanceof OpenAI.AuthenticationError, `want AuthenticationError, got ${e.constructor.name}`);
  }
  need(!process.env.STRICT_AUTH, 'a wrong key was accepted');
  throw new Skip('the server checks no keys (STRICT_AUTH=1 makes this a failure)');
});

t.case('errors: 429 is a RateLimitError, and is retried', 'errors', async () => {
  const [p, o] = fault('429');
  await rejects(OpenAI.RateLimitError, () => c.responses.create(p, o));
  const [q, w] = fault('429_ONCE');
  if (q.input === 'hello') q.input = `retry please ${Date.now()}`;
  await new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY, maxRetries: 2 }).responses.create(q, w);
});

t.case('errors: a failed stream ends the helper with the failed response', 'errors,stream', async () => {
  const [p, o] = fault('FAILED');
  const r = await c.responses.stream(p, o).finalResponse();
  eq(r.status, 'failed', 'status');
  need(r.error?.message, 'no error');
});

t.case('websocket: two turns', 'websocket', async () => {
  const ws = new ResponsesWS(c);
  try {
    const turn = params => new Promise((yes, no) => {
      const evs = [];
      const on = e => {
        evs.push(e);
        if (['response.completed', 'response.failed', 'response.incomplete', 'error'].includes(e.type)) { ws.off('event', on); yes(evs); }
      };
      ws.on('event', on);
      ws.once('error', no);
      ws.send({ type: 'response.create', model: MODEL, ...params });
    });
    const a = (await turn({ input: ASK })).at(-1);
    eq(a.type, 'response.completed', 'last event');
    const b = (await turn({ input: 'More.', previous_response_id: a.response.id })).at(-1);
    eq(b.response.previous_response_id, a.response.id, 'previous_response_id');
  } finally { ws.close(); }
});

t.case('chat: create, stream, tools', 'chat', async () => {
  const messages = [{ role: 'user', content: ASK }];
  const r = await c.chat.completions.create({ model: MODEL, messages });
  need(r.choices[0].message.content, 'no content');
  const s = c.chat.completions.stream({ model: MODEL, messages });
  need((await s.finalContent()), 'no streamed content');
  const tool = { type: 'function', function: { name: 'get_weather', parameters: WEATHER_TOOL.parameters, strict: true } };
  const k = await c.chat.completions.create({ model: MODEL, messages, tools: [tool], tool_choice: { type: 'function', function: { name: 'get_weather' } } });
  checkWeather(JSON.parse(k.choices[0].message.tool_calls[0].function.arguments));
});

await t.main();
