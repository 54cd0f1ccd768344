// TanStack AI (@tanstack/ai-openai, whose chat adapter speaks Responses and always streams) against a Responses API server.
import { chat, maxIterations, toolDefinition } from '@tanstack/ai';
import { createOpenaiChat } from '@tanstack/ai-openai';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, checkWeather, eq, forcing, need, suite } from './lib/harness.mjs';

const t = suite('tanstack-ai');
const ASK = { role: 'user', content: 'Say hello in one short sentence.' };
const adapter = (o = {}) => createOpenaiChat(MODEL, API_KEY, { baseURL: BASE_URL, maxRetries: 0, ...o });
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number() });

async function events(options) {
  const all = [];
  for await (const event of chat({ adapter: adapter(), ...options })) all.push(event);
  const wrong = all.find(e => e.type === 'RUN_ERROR');
  if (wrong) throw new Error(`RUN_ERROR ${wrong.message ?? wrong.error?.message}`);
  return all;
}
const textOf = all => all.filter(e => e.type === 'TEXT_MESSAGE_CONTENT').map(e => e.delta).join('');
const count = (all, type) => all.filter(e => e.type === type).length;

t.case('chat: text', 'text,stream', async () => {
  const all = await events({ messages: [ASK], systemPrompts: ['Be brief.'] });
  need(textOf(all), 'no text');
  eq([count(all, 'TEXT_MESSAGE_START'), count(all, 'TEXT_MESSAGE_END')], [1, 1], 'starts and ends of messages');
  const end = all.at(-1);
  eq([end.type, end.metadata?.tanstack?.finishReason], ['RUN_FINISHED', 'stop'], 'end of the run');
  need(end.usage, 'no usage');
  eq(end.usage.totalTokens, end.usage.promptTokens + end.usage.completionTokens, 'usage total');
});

t.case('chat: text, stream false', 'text,stream', async () => {
  need(await chat({ adapter: adapter(), messages: [ASK], stream: false }), 'no text');
});

t.case('chat: reasoning asked for', 'stream,reasoning', async () => {
  need(textOf(await events({ messages: [ASK], modelOptions: { reasoning: { effort: 'low', summary: 'auto' } } })), 'no text');
});

t.case('chat: tool loop', 'tools,stream', async () => {
  const ran = [];
  const weather = toolDefinition({
    name: 'get_weather', description: 'Get the weather of a city.', inputSchema: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
  }).server(async args => { ran.push(args); return { temp: 21 }; });
  const all = await events({
    adapter: adapter({ fetch: forcing() }), messages: [{ role: 'user', content: 'Weather in Oslo?' }], tools: [weather],
    agentLoopStrategy: maxIterations(4),
  });
  eq([ran.length, count(all, 'TOOL_CALL_START')], [1, 1], 'tool runs and calls');
  checkWeather(ran[0]);
  need(textOf(all), 'no answer');
});

t.case('chat: outputSchema', 'structured', async () => {
  Report.parse(await chat({ adapter: adapter(), messages: [ASK], outputSchema: Report, stream: false }));
});

t.case('chat: second turn, by history', 'continuation,stream', async () => {
  const first = textOf(await events({ messages: [ASK] }));
  const messages = [ASK, { role: 'assistant', content: first }, { role: 'user', content: 'Again.' }];
  need(textOf(await events({ messages })), 'no text');
});

await t.main();
