// Mastra (@mastra/core agents, over @ai-sdk/openai's Responses model) against a Responses API server.
import { createOpenAI } from '@ai-sdk/openai';
import { Agent } from '@mastra/core/agent';
import { createTool } from '@mastra/core/tools';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, checkWeather, eq, forcing, need, suite } from './lib/harness.mjs';

const t = suite('mastra');
const ASK = 'Say hello in one short sentence.';
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number() });
const once = { maxSteps: 4, modelSettings: { maxRetries: 0 } };

function agent(o = {}, client = {}) {
  const openai = createOpenAI({ apiKey: API_KEY, baseURL: BASE_URL, ...client });
  return new Agent({ id: 'tester', name: 'tester', instructions: 'Be brief.', model: openai(MODEL), maxRetries: 0, ...o });
}

function weather(ran) {
  return createTool({
    id: 'get_weather', description: 'Get the weather of a city.', inputSchema: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
    execute: async input => { ran.push(input); return { temp: 21 }; },
  });
}

/** The text of a streamed answer, with what it ends with; an error in it is thrown. */
async function streamed(a, ask, o = {}) {
  const s = await a.stream(ask, { ...once, ...o });
  let text = '';
  for await (const part of s.fullStream) {
    if (part.type === 'text-delta') text += part.payload.text;
    if (part.type === 'error') throw part.payload.error;
  }
  return { text, full: await s.getFullOutput() };
}

t.case('generate: text', 'text', async () => {
  const r = await agent().generate(ASK, once);
  if (r.error) throw r.error;
  need(r.text, 'no text');
  eq(r.finishReason, 'stop', 'finishReason');
  eq(r.usage.totalTokens, r.usage.inputTokens + r.usage.outputTokens, 'usage total');
});

t.case('stream: text', 'stream', async () => {
  const { text, full } = await streamed(agent(), ASK);
  need(text, 'no text');
  eq(full.text, text, 'deltas joined');
  eq(full.finishReason, 'stop', 'finishReason');
});

for (const how of ['generate', 'stream']) {
  t.case(`${how}: tool loop`, how === 'stream' ? 'tools,stream' : 'tools', async () => {
    const ran = [];
    const a = agent({ tools: { get_weather: weather(ran) } }, { fetch: forcing() });
    const text = how === 'stream' ? (await streamed(a, 'Weather in Oslo?')).text : (await a.generate('Weather in Oslo?', once)).text;
    eq(ran.length, 1, 'tool runs');
    checkWeather(ran[0]);
    need(text, 'no answer');
  });
}

t.case('generate: structuredOutput', 'structured', async () => {
  const r = await agent().generate(ASK, { ...once, structuredOutput: { schema: Report } });
  if (r.error) throw r.error;
  Report.parse(r.object);
});

t.case('stream: structuredOutput', 'structured,stream', async () => {
  const { full } = await streamed(agent(), ASK, { structuredOutput: { schema: Report } });
  Report.parse(full.object);
});

t.case('generate: second turn, by history', 'continuation', async () => {
  const a = agent();
  const first = await a.generate(ASK, once);
  const messages = [{ role: 'user', content: ASK }, ...first.response.messages, { role: 'user', content: 'Again.' }];
  need((await a.generate(messages, once)).text, 'no text');
});

await t.main();
