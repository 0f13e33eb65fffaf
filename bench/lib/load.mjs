import { get, post, postEach } from './http-load.mjs';
import { closeSessions, openSessions } from './mcp-load.mjs';
import { percentile } from './measure.mjs';
import { encode, Wire } from './wire.mjs';

/** Clients: a process of its own that takes orders. Times are of `performance.timeOrigin + performance.now()`. */
let clients = [];
let expected;

const now = () => performance.timeOrigin + performance.now();

const OPEN_MS = 30_000;
const TURN_MS = 60_000;
const HELLO = 'Hello there.';
const CALL = '/call echo {"message":"hello"}';
let taken = 0;

/** A client of one carrier, once what comes holds `until`; without, once the handshake is done. */
async function openRaw({ url, query = '', until }) {
  if (until === undefined) return { wire: await Wire.open(`${toWs(url)}${query}`), namespace: '' };
  return opened((resolve, onText) =>
    Wire.open(`${toWs(url)}${query}`, (data, start, end, wire) => {
      if (data.subarray(start, end).includes(until)) resolve({ wire, namespace: '' });
      else onText(data, start, end);
    }),
  );
}

function openSocketIo({ url, namespace = '', auth, until }) {
  const comma = namespace && ',';
  return opened((resolve, onText) =>
    Wire.open(`${toWs(url)}/socket.io/?EIO=4&transport=websocket`, (data, start, end, wire) => {
      const text = data.toString('utf8', start, end);
      if (text.startsWith('0')) wire.send(`40${namespace}${comma}${auth ? JSON.stringify(auth) : ''}`);
      else if (text === '2') wire.send('3');
      else if (text.startsWith('40') ? until === undefined : text.includes(until)) resolve({ wire, namespace });
      else onText(data, start, end);
    }),
  );
}

const toWs = (url) => url.replace(/^http/, 'ws');

/** @param start given `resolve` and who keeps what was said last, for the error of one that does not come */
function opened(start) {
  return new Promise((resolve, reject) => {
    let last = '';
    const late = setTimeout(() => reject(new Error(`A client did not come in. Last: ${last}`)), OPEN_MS);
    const done = (client) => {
      clearTimeout(late);
      resolve(client);
    };
    start(done, (data, from, to) => {
      last = data.toString('utf8', from, to);
    }).then((wire) => {
      wire.onClose = () => reject(new Error(`A client was closed with ${wire.closeCode}. Last: ${last}`));
    }, reject);
  });
}

const isEnginePing = (data, start, end) => end - start === 1 && data[start] === 0x32;
const open = { raw: openRaw, 'socket.io': openSocketIo };

const orders = {
  get,
  post,
  postEach,
  openSessions,
  closeSessions,

  /** Opens `targets.length` clients, some at a time, each answering the pings of its carrier. */
  async open(carrier, targets, together = 20) {
    const opened = [];
    let next = 0;
    const one = async () => {
      while (next < targets.length) {
        const index = next;
        next += 1;
        opened[index] = await enter(carrier, targets[index]);
      }
    };
    await Promise.all(Array.from({ length: together }, one));
    clients = [...clients, ...opened];
    return clients.length;
  },

  /** Who is no longer there, by close code. */
  gone() {
    const codes = {};
    for (const { wire, closed } of clients) {
      if (closed) codes[wire.closeCode ?? 'none'] = (codes[wire.closeCode ?? 'none'] ?? 0) + 1;
    }
    return codes;
  },

  closeAll() {
    for (const { wire } of clients) wire.close();
    clients = [];
  },

  /** Every client keeps `depth` pings under way for so long; an answer brings the next. */
  async echo(carrier, seconds, depth) {
    const times = [];
    let answered = 0;
    let going = true;
    for (const client of clients) {
      const { wire, namespace } = client;
      const ping = encode(
        carrier === 'raw'
          ? '{"type":"ping","payload":{},"id":"p1"}'
          : `42${namespace}${namespace && ','}["ping",{},{"id":"p1"}]`,
      );
      const sent = [];
      const send = () => {
        sent.push(performance.now());
        wire.socket.write(ping);
      };
      // Answers come in the order of the pings; nothing else is said meanwhile, but for a heartbeat now and then.
      listen(client, () => {
        const at = sent.shift();
        if (at === undefined) return;
        answered += 1;
        times.push(performance.now() - at);
        if (going) send();
      });
      for (let count = 0; count < depth; count += 1) send();
    }
    const started = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    going = false;
    const perSecond = answered / ((performance.now() - started) / 1000);
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { answered, perSecond, p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  },

  /** In each client's session message after message for so long, each once the turn before has ended; some ask for a tool. */
  async chat(seconds, callEvery = Infinity) {
    const until = now() + seconds * 1000;
    const started = now();
    let count = 0;
    await Promise.all(
      clients.map(async (client) => {
        while (now() < until) {
          count += 1;
          await turn(client, count % callEvery === 0 ? CALL : HELLO);
        }
      }),
    );
    return { count, perSecond: (count / (now() - started)) * 1000 };
  },

  /**
   * Turns, at most so many in a second, in one session after another, every fourth with a call of a tool; after every tenth the
   * client leaves and comes back.
   */
  async live(carrier, { seconds = Infinity, turns: most = Infinity, perSecond = Infinity }) {
    const until = now() + seconds * 1000;
    let next = now();
    let begun = 0;
    let count = 0;
    const turns = async () => {
      while (now() < until && begun < most) {
        begun += 1;
        const index = taken % clients.length;
        taken += 1;
        const due = next;
        next += 1000 / perSecond;
        if (due > now()) await new Promise((resolve) => setTimeout(resolve, due - now()));
        await turn(clients[index], taken % 4 === 0 ? CALL : HELLO);
        count += 1;
        if (taken % 10 === 0) clients[index] = await comeBack(carrier, clients[index]);
      }
    };
    await Promise.all(Array.from({ length: 8 }, turns));
    return { count };
  },

  /** From now on notes when each client gets the text frame that holds `mark`. */
  expect(mark) {
    expected = { mark: Buffer.from(mark), arrivals: [], lacking: clients.length };
    expected.done = new Promise((resolve) => {
      expected.resolve = resolve;
    });
    for (const client of clients) {
      const expecting = expected;
      listen(client, (data, start, end) => {
        if (expecting !== expected || data.subarray(start, end).indexOf(expecting.mark) < 0) return;
        expecting.arrivals.push(now());
        expecting.lacking -= 1;
        if (expecting.lacking === 0) expecting.resolve();
      });
    }
  },

  /** Milliseconds from `since` to each arrival. */
  async arrived(since) {
    await expected.done;
    return expected.arrivals.map((at) => at - since);
  },

  /** From now on counts the events of the log that come to each client. */
  follow() {
    for (const client of clients) {
      client.came = 0;
      client.onCame = () => undefined;
      listen(client, (data, start, end) => {
        if (data.subarray(start, Math.min(end, start + 120)).indexOf(SEQ) < 0) return;
        client.came += 1;
        client.onCame();
      });
    }
  },

  /** When so many had come to each client since `follow`, and whether not one more did. */
  async reach(counts) {
    await Promise.all(
      clients.map(
        (client, index) =>
          new Promise((resolve) => {
            client.onCame = () => {
              if (client.came >= counts[index]) resolve();
            };
            client.onCame();
          }),
      ),
    );
    return { at: now(), exact: clients.every(({ came }, index) => came === counts[index]) };
  },
};

const SEQ = Buffer.from('"seq":');

async function enter(carrier, target) {
  const client = await open[carrier](target);
  Object.assign(client, { target, closed: false });
  client.wire.onClose = () => {
    client.closed = true;
  };
  listen(client, () => undefined);
  return client;
}

async function comeBack(carrier, { wire, target }) {
  wire.close();
  return enter(carrier, target);
}

/** A message, until its turn has ended. */
function turn(client, text) {
  const { wire, namespace } = client;
  const payload = JSON.stringify({ text });
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('A turn did not end.')), TURN_MS);
    listen(client, (data, start, end) => {
      if (!data.subarray(start, end).includes('"turn_finished"')) return;
      clearTimeout(late);
      resolve();
    });
    wire.send(
      namespace ? `42${namespace},["chat_message",${payload},{}]` : `{"type":"chat_message","payload":${payload}}`,
    );
  });
}

function listen(client, onMessage) {
  const { wire } = client;
  wire.onText = (data, start, end) => {
    if (isEnginePing(data, start, end)) return wire.send('3');
    onMessage(data, start, end);
  };
}

process.on('message', async ({ id, order, given }) => {
  try {
    process.send({ id, answer: await orders[order](...given) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit());
