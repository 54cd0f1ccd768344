// The Vercel AI SDK (ai + @ai-sdk/openai, Responses models) against a Responses API server.
import { createOpenAI } from '@ai-sdk/openai';
import { APICallError, Output, generateText, isStepCount, streamText, tool } from 'ai';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, checkWeather, eq, fault, forcing, need, suite } from './lib/harness.mjs';

const t = suite('ai-sdk');
const provider = (opts = {}) => createOpenAI({ baseURL: BASE_URL, apiKey: API_KEY, ...opts });
const openai = provider();
const model = openai.responses(MODEL);
const prompt = 'Say hello in one short sentence.';
const common = { model, prompt, maxRetries: 0 };
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number(), parts: z.array(z.object({ name: z.string(), size: z.number() })) });
const FORCED = { type: 'function', name: 'get_weather' };
const weather = (ran) => tool({
  description: 'Get the weather of a city.',
  inputSchema: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
  strict: true,
  ...(ran && { execute: async a => { ran.push(a); return { temp: 21 }; } }),
});
const count = u => { for (const k of ['inputTokens', 'outputTokens', 'totalTokens']) need(Number.isInteger(u[k]), `usage.${k} is ${u[k]}`); };

async function streamed(opts) {
  const errors = [];
  const r = streamText({ ...common, ...opts, onError: e => errors.push(e.error) });
  const parts = [];
  for await (const p of r.stream ?? r.fullStream) parts.push(p);
  if (errors.length) throw errors[0];
  const bad = parts.find(p => p.type === 'error');
  if (bad) throw bad.error;
  return [r, parts];
}

t.case('generateText: text', 'text', async () => {
  const r = await generateText(common);
  need(r.text, 'no text');
  eq(r.finishReason, 'stop', 'finishReason');
  count(r.usage);
  need(r.response.id, 'no response id');
});

t.case('streamText: text', 'stream', async () => {
  const [r, parts] = await streamed({});
  const joined = parts.filter(p => p.type === 'text-delta').map(p => p.text ?? p.delta).join('');
  need(joined, 'no text');
  eq(await r.text, joined, 'text');
  eq(await r.finishReason, 'stop', 'finishReason');
  count(await r.usage);
  eq(parts.filter(p => p.type === 'text-start').length, parts.filter(p => p.type === 'text-end').length, 'text-start and text-end parts');
});

t.case('streamText: reasoning asked for', 'stream,reasoning', async () => {
  const [r] = await streamed({ providerOptions: { openai: { reasoningEffort: 'low', reasoningSummary: 'auto', forceReasoning: true } } });
  need(await r.text, 'no text');
});

t.case('generateText: Output.object', 'structured', async () => {
  const r = await generateText({ ...common, output: Output.object({ schema: Report }) });
  Report.parse(r.output);
});

t.case('streamText: Output.object', 'structured,stream', async () => {
  const [r] = await streamed({ output: Output.object({ schema: Report }) });
  Report.parse(await r.output);
});

t.case('generateText: forced tool call', 'tools', async () => {
  const r = await generateText({ ...common, tools: { get_weather: weather() }, toolChoice: { type: 'tool', toolName: 'get_weather' } });
  eq(r.toolCalls.map(k => k.toolName), ['get_weather'], 'tool calls');
  checkWeather(r.toolCalls[0].input);
  eq(r.finishReason, 'tool-calls', 'finishReason');
});

for (const store of [true, false]) {
  t.case(`generateText: tool loop, store ${store}`, 'tools', async () => {
    const ran = [];
    const r = await generateText({ ...common, model: provider({ fetch: forcing(FORCED) }).responses(MODEL), providerOptions: { openai: { store } },
      tools: { get_weather: weather(ran) }, stopWhen: isStepCount(4) });
    eq([ran.length, r.steps.length], [1, 2], 'tool runs and steps');
    need(r.text, 'no final text');
  });
}

t.case('streamText: tool loop', 'tools,stream', async () => {
  const ran = [];
  const [r, parts] = await streamed({ model: provider({ fetch: forcing(FORCED) }).responses(MODEL), tools: { get_weather: weather(ran) }, stopWhen: isStepCount(4) });
  eq([ran.length, (await r.steps).length], [1, 2], 'tool runs and steps');
  need(parts.some(p => p.type === 'tool-input-delta'), 'no tool-input-delta parts');
  checkWeather(ran[0]);
  need(await r.text, 'no final text');
});

t.case('generateText: a second turn with the first one in the messages', 'continuation', async () => {
  const a = await generateText(common);
  const messages = [{ role: 'user', content: prompt }, ...(a.responseMessages ?? a.response.messages), { role: 'user', content: 'And again.' }];
  const { prompt: _, ...rest } = common;
  need((await generateText({ ...rest, messages })).text, 'no text');
});

t.case('generateText: previousResponseId', 'continuation', async () => {
  const a = await generateText(common);
  const b = await generateText({ ...common, providerOptions: { openai: { previousResponseId: a.response.id, instructions: 'Be kind.' } } });
  need(b.text, 'no text');
});

t.case('chat model: generateText and streamText', 'chat', async () => {
  const chat = openai.chat(MODEL);
  need((await generateText({ ...common, model: chat })).text, 'no text');
  need(await (await streamed({ model: chat }))[0].text, 'no streamed text');
});

t.case('errors: 400 is an APICallError with the server message', 'errors', async () => {
  try { await generateText({ ...common, temperature: 99 }); } catch (e) {
    need(APICallError.isInstance(e), `got ${e.name}`);
    eq([e.statusCode, e.isRetryable], [400, false], 'statusCode and isRetryable');
    return need(e.data?.error?.message, 'no error.message');
  }
  throw new Error('accepted');
});

t.case('errors: a failed stream surfaces an error', 'errors,stream', async () => {
  const [p, o] = fault('FAILED');
  try { await streamed({ model: openai.responses(p.model), prompt: p.input, headers: o.headers }); } catch { return; }
  throw new Error('no error surfaced');
});

t.case('errors: an incomplete stream finishes with length', 'errors,stream', async () => {
  const [p, o] = fault('INCOMPLETE');
  const [r] = await streamed({ model: openai.responses(p.model), prompt: p.input, headers: o.headers });
  need(['length', 'content-filter'].includes(await r.finishReason), `finishReason ${await r.finishReason}`);
});

await t.main();
