// LlamaIndex.TS (@llamaindex/openai, OpenAIResponses) against a Responses API server.
import { OpenAIResponses } from '@llamaindex/openai';
import { tool } from 'llamaindex';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, checkWeather, eq, need, suite, textOf as textOfResponse } from './lib/harness.mjs';

const t = suite('llama-index-node');
const ASK = { role: 'user', content: 'Say hello in one short sentence.' };
const llm = (o = {}) => new OpenAIResponses({ model: MODEL, apiKey: API_KEY, baseURL: BASE_URL, maxRetries: 0, ...o });
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number() });
const weather = tool({
  name: 'get_weather', description: 'Get the weather of a city.', execute: async () => '21',
  parameters: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }),
});
const textOf = m => typeof m.content === 'string' ? m.content : m.content.filter(p => p.type === 'text').map(p => p.text).join('');

/** Chunks of a stream, with the text of those that are deltas: the client repeats the last delta with every later event. */
async function streamed(client, params) {
  const chunks = [];
  for await (const chunk of await client.chat({ ...params, stream: true })) chunks.push(chunk);
  return { chunks, text: chunks.filter(c => c.raw.type === 'response.output_text.delta').map(c => c.delta).join('') };
}

t.case('chat: text', 'text', async () => {
  const r = await llm().chat({ messages: [{ role: 'system', content: 'Be brief.' }, ASK] });
  need(textOf(r.message), 'no text');
});

t.case('chat: streamed', 'stream', async () => {
  const { chunks, text } = await streamed(llm(), { messages: [ASK] });
  need(text, 'no text');
  const last = chunks.at(-1).raw;
  eq(last.type, 'response.completed', 'last event');
  eq(text, textOfResponse(last.response), 'deltas joined');
});

t.case('chat: forced call and round trip', 'tools', async () => {
  const ask = { role: 'user', content: 'Weather in Oslo?' };
  const a = await llm().chat({ messages: [ask], tools: [weather], additionalChatOptions: { tool_choice: 'required' } });
  const [call] = a.message.options.toolCall;
  eq(call?.name, 'get_weather', 'called name');
  checkWeather(JSON.parse(call.input));
  const result = { role: 'user', content: '21', options: { toolResult: { id: call.id, result: '21', isError: false } } };
  const b = await llm().chat({ messages: [ask, a.message, result], tools: [weather], additionalChatOptions: { tool_choice: 'none' } });
  need(textOf(b.message), 'no answer');
});

t.case('chat: forced call and round trip, streamed', 'tools,stream', async () => {
  const ask = { role: 'user', content: 'Weather in Oslo?' };
  const { chunks } = await streamed(llm(), { messages: [ask], tools: [weather], additionalChatOptions: { tool_choice: 'required' } });
  const [call] = chunks.at(-1).options.toolCall ?? [];
  eq(call?.name, 'get_weather', 'called name');
  checkWeather(call.input);
  const back = [ask, { role: 'assistant', content: '', options: { toolCall: [call] } },
    { role: 'user', content: '21', options: { toolResult: { id: call.id, result: '21', isError: false } } }];
  need((await streamed(llm(), { messages: back, tools: [weather], additionalChatOptions: { tool_choice: 'none' } })).text, 'no answer');
});

t.case('chat: json_schema', 'structured', async () => {
  const format = { type: 'json_schema', name: 'report', schema: z.toJSONSchema(Report), strict: true };
  const r = await llm({ additionalChatOptions: { text: { format } } }).chat({ messages: [ASK] });
  Report.parse(JSON.parse(textOf(r.message)));
});

t.case('chat: second turn, by history', 'continuation', async () => {
  const a = await llm().chat({ messages: [ASK] });
  const said = { role: 'assistant', content: textOf(a.message) };
  need(textOf((await llm().chat({ messages: [ASK, said, { role: 'user', content: 'Again.' }] })).message), 'no text');
});

t.case('chat: second turn, by trackPreviousResponses', 'continuation,stream', async () => {
  const client = llm({ trackPreviousResponses: true, store: true });
  await streamed(client, { messages: [ASK] });
  need(client.previousResponseId, 'no previous response id');
  need((await streamed(client, { messages: [{ role: 'user', content: 'Again.' }] })).text, 'no text');
});

await t.main();
