// Shared by the Node client scripts; see harness.py for the knobs.
import { readFileSync } from 'node:fs';

export const BASE_URL = process.env.BASE_URL.replace(/\/+$/, '');
export const API_KEY = process.env.API_KEY;
export const MODEL = process.env.MODEL;
const LIMIT = Number(process.env.CASE_TIMEOUT ?? 90) * 1000;

export const WEATHER_PARAMS = {
  type: 'object',
  properties: { city: { type: 'string' }, unit: { type: 'string', enum: ['c', 'f'] } },
  required: ['city', 'unit'],
  additionalProperties: false,
};
export const WEATHER_TOOL = {
  type: 'function', name: 'get_weather', description: 'Get the weather of a city.', parameters: WEATHER_PARAMS, strict: true,
};

export class Skip extends Error {}
export const need = (cond, msg) => { if (!cond) throw new Error(msg); };
const short = x => { const s = typeof x === 'string' ? x : JSON.stringify(x) ?? String(x); return s.length < 90 ? s : s.slice(0, 87) + '...'; };
const canon = x => Array.isArray(x) ? x.map(canon)
  : x && typeof x === 'object' ? Object.fromEntries(Object.keys(x).sort().map(k => [k, canon(x[k])])) : x;
export const eq = (got, want, what) =>
  need(JSON.stringify(canon(got)) === JSON.stringify(canon(want)), `${what}: got ${short(got)}, want ${short(want)}`);

const FEATURES = new Set(['text', 'stream', 'tools', 'structured', 'continuation', 'stored', 'reasoning', 'websocket', 'webhooks',
  'conversations', 'chat', 'errors', 'compaction', 'background', 'input-tokens', 'models']);

/** Tell a recording server whose the next requests are (MARK). */
async function mark(label) {
  if (process.env.MARK) await (await fetch(`${BASE_URL.replace(/\/v1$/, '')}/__case/${encodeURIComponent(label)}`)).text();
}

/** The regex of case names for each fault of the file that PLAN names, in its order. */
function readPlan() {
  if (!process.env.PLAN) return new Map();
  const rows = readFileSync(process.env.PLAN, 'utf8').split('\n').filter(line => line.trim()).map(line => line.split('\t'));
  return new Map(rows.map(([fault, names]) => [fault, new RegExp(`^(?:${names})$`, 's')]));
}

/** Play one case: ok, skip and why, or FAIL, whose it is and why. */
async function attempt(play, blamed) {
  let timer;
  try {
    await Promise.race([play(), new Promise((_, no) => { timer = setTimeout(() => no(new Error(`no end within ${LIMIT / 1000}s`)), LIMIT); })]);
    return 'ok';
  } catch (e) {
    if (e instanceof Skip) return `skip ${e.message}`;
    return blamed ? `FAIL [${blame(e)}] ${describe(e)}` : `FAIL ${describe(e)}`;
  } finally { clearTimeout(timer); }
}

const setFault = async fault => (await fetch(`${BASE_URL.replace(/\/v1$/, '')}/__set/${fault}`)).text();

/** The cases of one client, in the order in which its script defines them; see Suite in harness.py. */
export function suite(client) {
  const cases = [];

  function chosen() {
    const only = process.env.CASES && new RegExp(process.env.CASES);
    const skip = process.env.SKIP_CASES && new RegExp(process.env.SKIP_CASES);
    return cases.map(it => ({ ...it, label: `${client}: ${it.name}` }))
      .filter(it => !only || only.test(it.label))
      .map(it => ({ ...it, skipped: Boolean(skip && skip.test(it.label)) }));
  }

  async function playAll() {
    let failed = 0;
    for (const { label, play, skipped } of chosen()) {
      const line = skipped ? 'skip asked for by SKIP_CASES' : await attempt(play, false);
      failed += line.startsWith('FAIL');
      console.log(`${label}: ${line}`);
    }
    return failed;
  }

  async function playFaults(faults, plan) {
    let failed = 0;
    for (const fault of faults) {
      await setFault(fault);
      for (const { name, play, skipped } of chosen()) {
        if (skipped || !(plan.get(fault) ?? /^/).test(name)) continue;
        await mark(`${client}: ${name}`);
        const began = Date.now();
        const line = await attempt(play, true);
        failed += line.startsWith('FAIL');
        console.log([fault, client, name, line, ((Date.now() - began) / 1000).toFixed(1)].join('\t'));
      }
    }
    return failed;
  }

  return {
    case(name, features, play) {
      const unknown = features.split(',').filter(it => !FEATURES.has(it));
      if (unknown.length) throw new Error(`case '${name}': unknown features ${unknown}`);
      cases.push({ name, features, play });
    },
    async main() {
      if (process.env.LIST) {
        for (const { name, features } of chosen()) console.log([client, name, features].join('\t'));
        process.exit(0);
      }
      // a client may reject in the background; the awaited promise tells of it too
      process.on('unhandledRejection', () => {});
      const plan = readPlan();
      const listed = (process.env.LOOP ?? '').split(',').filter(Boolean);
      const faults = listed.length ? listed : [...plan.keys()];
      process.exit(await (faults.length ? playFaults(faults, plan) : playAll()) ? 1 : 0);
    },
  };
}

function describe(e) {
  const parts = [];
  for (let x = e; x && parts.length < 3; x = x.cause ?? x.lastError) parts.push(`${x.name && x.name !== 'Error' ? x.name + ': ' : ''}${x.message ?? x}`);
  return parts.join(' <- ').replace(/\s+/g, ' ').slice(0, 300);
}

// FAULT_* trigger as [create params, request options]; forms as in harness.py
export function fault(name) {
  const raw = process.env['FAULT_' + name];
  if (!raw) throw new Skip(`FAULT_${name} not set`);
  const at = raw.indexOf('='), kind = raw.slice(0, at), value = raw.slice(at + 1);
  const colon = value.indexOf(':'), k = value.slice(0, colon).trim(), v = value.slice(colon + 1).trim();
  const p = { model: MODEL, input: 'hello' }, o = {};
  if (kind === 'model') p.model = value;
  else if (kind === 'input') p.input = value;
  else if (kind === 'header') o.headers = { [k]: v };
  else if (kind === 'metadata') p.metadata = { [k]: v };
  else throw new Error(`FAULT_${name}: unknown form ${raw}`);
  return [p, o];
}

export const textOf = r => r.output.filter(i => i.type === 'message').flatMap(i => i.content).filter(p => p.type === 'output_text').map(p => p.text).join('');
export const callsOf = (r, kind = 'function_call') => r.output.filter(i => i.type === kind);

export function checkUsage(u) {
  for (const k of ['input_tokens', 'output_tokens', 'total_tokens']) need(Number.isInteger(u?.[k]) && u[k] >= 0, `usage.${k} is ${short(u?.[k])}, not a count`);
  eq(u.total_tokens, u.input_tokens + u.output_tokens, 'usage.total_tokens');
}

export function checkResponse(r, status = 'completed') {
  eq(r.object, 'response', 'object');
  need(typeof r.id === 'string' && r.id, 'id missing');
  need(typeof r.created_at === 'number', 'created_at is not a number');
  eq(r.status, status, 'status');
  need(r.output.length, 'no output items');
  for (const i of r.output) {
    need(i.id && i.type, 'item without id or type');
    if (i.type === 'message') eq(i.role, 'assistant', 'role');
    if (i.type === 'function_call') JSON.parse(i.arguments);
  }
  checkUsage(r.usage);
  return r;
}

export function checkWeather(args) {
  eq(Object.keys(args).sort(), ['city', 'unit'], 'argument names');
  need(typeof args.city === 'string' && ['c', 'f'].includes(args.unit), `arguments ${short(args)}`);
}

// A fetch that forces tool_choice until a tool output is in the input, then sets it to none (see forcer.py).
export function forcing(choice = 'required') {
  return async (url, init) => {
    if (init?.method === 'POST' && /\/responses(\?|$)/.test(String(url?.url ?? url)) && typeof init.body === 'string') {
      const body = JSON.parse(init.body);
      if (body.tools?.length) {
        let had = false;
        for (const i of [...(Array.isArray(body.input) ? body.input : [])].reverse()) {
          if (i.role === 'user') break;
          had ||= String(i.type ?? '').endsWith('_output');
        }
        body.tool_choice = had ? 'none' : choice;
        const text = JSON.stringify(body);
        const headers = new Headers(init.headers);
        headers.delete('content-length');
        init = { ...init, headers, body: text };
      }
    }
    return fetch(url, init);
  };
}

/** WIRE where a check of this harness failed, ASSERT where a case's own expectation did, EXC where the client raised. */
function blame(e) {
  const stack = String(e?.stack ?? '');
  return /at check(Response|Usage|Stream)/.test(stack) ? 'WIRE' : /at (need|eq) /.test(stack) ? 'ASSERT' : 'EXC';
}
