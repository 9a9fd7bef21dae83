// One official npm client behind lines of JSON: `node bridge.mjs 3|4 http://127.0.0.1:PORT`.
//
// Each line on stdin is a request with an `id`; each gets one line on stdout, {id, ok} or {id, error}. The client is
// used as its documentation says; nothing of an answer is mended here. Asserting is the business of pytest.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(import.meta.url);
const [version, base] = process.argv.slice(2);
const socketBase = base.replace(/^http/, "ws");
const streams = new Map();
const clients = new Map();

// What the client prints of its own accord must not mix with our lines.
console.log = console.info = (...words) => console.error(...words);

/** Version 3 takes URLs as options. */
function clientV3({ key, secret, options = {} }) {
  const Alpaca = require("alpaca-v3");
  return new Alpaca({ keyId: key, secretKey: secret, baseUrl: base, dataBaseUrl: base, dataStreamUrl: base, ...options });
}

/** Version 4 has no option for URLs; its `fetchApi` is the documented place to change them. */
function clientV4({ key, secret, options = {} }) {
  const { Alpaca } = require("alpaca-v4");
  const fetchApi = (url, init) => fetch(url.replace(/^https:\/\/[^/]+/, base), init);
  return new Alpaca({ keyId: key, secret, fetchApi, rateLimit: false, ...options });
}

function client(request) {
  const name = JSON.stringify([request.key, request.secret, request.options]);
  if (!clients.has(name)) clients.set(name, version === "3" ? clientV3(request) : clientV4(request));
  return clients.get(name);
}

/** {"$date": "..."} becomes a Date, for calls that insist on one. */
function revive(_key, value) {
  return value && typeof value === "object" && "$date" in value ? new Date(value.$date) : value;
}

function plain(_key, value) {
  if (value instanceof Map) return Object.fromEntries(value);
  if (typeof value === "bigint") return value.toString();
  return value ?? null; // a field that the client left undefined stays visible
}

/** A dotted method of the client, bound to its owner: "trading.orders.getAllOrders". */
function method(owner, path) {
  const names = path.split(".");
  const last = names.pop();
  for (const name of names) owner = owner[name];
  if (typeof owner[last] !== "function") throw new Error(`the client has no ${path}`);
  return owner[last].bind(owner);
}

async function call(request) {
  const answer = await method(client(request), request.call)(...(request.args ?? []));
  if (answer && typeof answer[Symbol.asyncIterator] === "function") {
    const all = [];
    for await (const item of answer) all.push(item);
    return all;
  }
  return answer ?? null;
}

/** What an exception of either client says, in one shape. */
async function explain(error) {
  const response = error.response; // axios: data is parsed; fetch: a Response whose body is unread
  let body = response?.data;
  if (response && typeof response.text === "function" && !response.bodyUsed) {
    const text = await response.text();
    try { body = JSON.parse(text); } catch { body = text; }
  }
  const out = { name: error.name, message: error.message, status: error.status ?? response?.status ?? null,
                code: error.code ?? body?.code ?? null, body: body ?? null };
  for (const key of ["retryAfterMs", "rateLimit", "requestId", "phase", "placementAmbiguous", "clientOrderId"]) {
    if (error[key] !== undefined) out[key] = error[key];
  }
  return out;
}

const STREAM_EVENTS = {
  "3trading": ["state_change", "client_error", "trade_updates"],
  "3data": ["state_change", "client_error", "stock_trades", "stock_quotes", "stock_bars", "trading_statuses"],
  "4trading": ["state_change", "error", "subscription", "reconnecting", "reconnected", "trade_update"],
  "4data": ["state_change", "error", "subscription", "reconnecting", "reconnected", "trade", "quote", "bar", "status"],
};

/** Opens "trading" or "data" and keeps everything that it emits until `take`. */
function open(request) {
  const alpaca = version === "3" ? clientV3(request) : client(request);
  const stream = makeStream(alpaca, request);
  const events = [];
  for (const event of STREAM_EVENTS[version + request.open]) {
    stream.on(event, (data) => events.push({ event, data: data ?? null }));
  }
  streams.set(request.handle, { stream, events });
  stream.connect();
  if (version === "3") watchAcks(stream, request.open, events);
  return null;
}

/** Version 3 tells nobody that a subscription was acknowledged; its socket does. */
function watchAcks(stream, kind, events) {
  stream.conn.on("message", (data) => {
    const message = kind === "trading" ? JSON.parse(data) : stream.msgpack.decode(data)[0];
    const streamsOrSymbols = kind === "trading" ? message.data?.streams : message;
    if (message.stream === "listening" || message.T === "subscription") {
      events.push({ event: "subscription", data: streamsOrSymbols ?? null });
    }
  });
}

function makeStream(alpaca, { open: kind, options: _options, stream: settings = {} }) {
  if (version === "3" && kind === "trading") return alpaca.trade_ws; // derives ws:// from baseUrl by itself
  if (version === "3") {
    const stream = alpaca.data_stream_v2;
    stream.session.url = `${socketBase}/v2/iex`; // it insists on wss:// otherwise
    return stream;
  }
  if (kind === "trading") return alpaca.trading.stream({ url: `${socketBase}/stream`, ...settings });
  return alpaca.marketData.stockStream({ url: `${socketBase}/v2/iex`, ...settings });
}

function take(request) {
  return streams.get(request.take).events.splice(0);
}

async function onStream(request) {
  await method(streams.get(request.on).stream, request.call)(...(request.args ?? []));
  return null;
}

function close(request) {
  const { stream } = streams.get(request.close);
  streams.delete(request.close);
  stream.disconnect();
  return null;
}

/** Version 4's workflow helper, on a stream that points at us. */
async function submitAndWait(request) {
  const alpaca = client(request);
  const stream = alpaca.trading.stream({ url: `${socketBase}/stream` });
  const waited = alpaca.trading.submitAndWait(request.submitAndWait, { timeoutMs: 10000, stream });
  stream.connect();
  try {
    return await waited;
  } finally {
    stream.disconnect();
  }
}

async function handle(line) {
  const request = JSON.parse(line, revive);
  let reply;
  try {
    const run = request.open ? open : request.take ? take : request.on ? onStream : request.close ? close
              : request.submitAndWait ? submitAndWait : call;
    reply = { id: request.id, ok: await run(request) };
  } catch (error) {
    reply = { id: request.id, error: await explain(error) };
  }
  process.stdout.write(`${JSON.stringify(reply, plain)}\n`);
}

createInterface({ input: process.stdin }).on("line", handle).on("close", () => process.exit(0));
