// @openai/agents (Node) against a Responses API server.
import { Agent, OpenAIResponsesModel, OpenAIResponsesWSModel, Runner, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, eq, forcing, need, suite } from './lib/harness.mjs';

setTracingDisabled(true);
const t = suite('openai-agents-node');
const ASK = 'Say hello in one short sentence.';
const model = (o = {}) => new OpenAIResponsesModel(new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY, maxRetries: 0, ...o }), MODEL);
const runner = new Runner({ tracingDisabled: true });
const agent = (o = {}, m = {}) => new Agent({ name: 'tester', instructions: 'Be brief.', model: model(m), ...o });
const weather = ran => tool({
  name: 'get_weather', description: 'Get the weather of a city.', parameters: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
  execute: async a => { ran.push(a); return '21'; },
});

async function streamed(a, text) {
  const r = await runner.run(a, text, { stream: true, maxTurns: 4 });
  let deltas = '';
  for await (const e of r) if (e.type === 'raw_model_stream_event' && e.data.type === 'output_text_delta') deltas += e.data.delta;
  await r.completed;
  return [r, deltas];
}

t.case('run: text', 'text', async () => {
  const r = await runner.run(agent(), ASK);
  need(r.finalOutput, 'no final output');
  need(r.lastResponseId, 'no response id');
});

t.case('run: streamed text', 'stream', async () => {
  const [r, deltas] = await streamed(agent(), ASK);
  need(deltas, 'no deltas');
  eq(r.finalOutput, deltas, 'final output vs deltas');
});

for (const s of [false, true]) {
  t.case(`run: function tool loop${s ? ', streamed' : ''}`, 'tools,stream', async () => {
    const ran = [];
    const a = agent({ tools: [weather(ran)] }, { fetch: forcing() });
    const r = s ? (await streamed(a, 'Weather in Oslo?'))[0] : await runner.run(a, 'Weather in Oslo?', { maxTurns: 4 });
    eq(ran.length, 1, 'tool runs');
    need(r.finalOutput, 'no final output');
  });
}

t.case('run: structured output', 'structured', async () => {
  const out = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number() });
  out.parse((await runner.run(agent({ outputType: out }), ASK)).finalOutput);
});

t.case('run: a second run by history and by previousResponseId', 'continuation', async () => {
  const a = agent();
  const r = await runner.run(a, ASK);
  need((await runner.run(a, [...r.history, { role: 'user', content: 'Again.' }])).finalOutput, 'no output from history');
  need((await runner.run(a, 'Again.', { previousResponseId: r.lastResponseId })).finalOutput, 'no output by id');
});

t.case('websocket: two runs over one socket', 'websocket', async () => {
  const ws = new OpenAIResponsesWSModel(new OpenAI({ baseURL: BASE_URL, apiKey: API_KEY, maxRetries: 0 }), MODEL);
  try {
    const [r, deltas] = await streamed(agent({ model: ws }), ASK);
    eq(r.finalOutput, deltas, 'final output vs deltas');
    need((await runner.run(agent({ model: ws }), 'Again.', { previousResponseId: r.lastResponseId })).finalOutput, 'no output by id');
  } finally { await ws.close(); }
});

await t.main();
