// @langchain/openai (Node), ChatOpenAI with useResponsesApi, against a Responses API server.
import { HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { z } from 'zod';
import { API_KEY, BASE_URL, MODEL, checkWeather, eq, need, suite } from './lib/harness.mjs';

const t = suite('langchain-node');
const ASK = 'Say hello in one short sentence.';
const llm = (o = {}) => new ChatOpenAI({ model: MODEL, apiKey: API_KEY, configuration: { baseURL: BASE_URL }, useResponsesApi: true, maxRetries: 0, ...o });
const Report = z.object({ title: z.string(), level: z.enum(['low', 'high']), count: z.number() });
const weather = tool(async () => '21', { name: 'get_weather', description: 'Weather of a city.', schema: z.object({ city: z.string(), unit: z.enum(['c', 'f']) }) });
const join = async s => { let w; for await (const c of await s) w = w ? w.concat(c) : c; return w; };

t.case('invoke', 'text', async () => {
  const m = await llm().invoke(ASK);
  need(m.text, 'no text');
});

t.case('usage reaches the client, plain and streamed', 'text,stream', async () => {
  need((await llm().invoke(ASK)).usage_metadata.total_tokens > 0, 'no usage');
  need((await join(llm().stream(ASK))).usage_metadata.total_tokens > 0, 'no usage in the stream');
});

t.case('stream', 'stream', async () => {
  const parts = [];
  for await (const c of await llm().stream(ASK)) parts.push(c.text);
  need(parts.join(''), 'no text');
});

t.case('bindTools: forced call and round trip, plain and streamed', 'tools,stream', async () => {
  for (const s of [false, true]) {
    // by name: this client sends no tool_choice for 'required' or 'none' over Responses
    const m = llm().bindTools([weather], { tool_choice: 'get_weather', strict: true });
    const ask = new HumanMessage('Weather in Oslo?');
    const a = s ? await join(m.stream([ask])) : await m.invoke([ask]);
    eq(a.tool_calls.map(k => k.name), ['get_weather'], 'tool calls');
    checkWeather(a.tool_calls[0].args);
    const b = await llm().invoke([ask, a, new ToolMessage({ content: '21', tool_call_id: a.tool_calls[0].id })]);
    need(b.text, 'no answer');
  }
});

t.case('withStructuredOutput: jsonSchema and functionCalling', 'structured', async () => {
  for (const method of ['jsonSchema', 'functionCalling']) Report.parse(await llm().withStructuredOutput(Report, { method, name: 'report' }).invoke(ASK));
});

t.case('history: second turn', 'continuation', async () => {
  const a = await llm().invoke(ASK);
  need((await llm().invoke([new HumanMessage(ASK), a, new HumanMessage('Again.')])).text, 'no text');
});

await t.main();
