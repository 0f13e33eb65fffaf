import { LegacyProgram } from '../support/gateway/legacy-program.js';
import { startOneServerTwice } from '../support/gateway/one-server.js';
import { startAskingUpstream } from '../support/upstreams/asking-upstream.js';

const start = () => startOneServerTwice(startAskingUpstream);
let product: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  product = await start();
}, 60_000);
afterAll(() => product.stop());

/** Up to the first event that says what is looked for. */
async function until(response: Response, what: string): Promise<{ id: string; text: string }> {
  const decoder = new TextDecoder();
  let all = '';
  for await (const chunk of response.body ?? []) {
    all += decoder.decode(chunk as Uint8Array, { stream: true });
    const event = all.split('\n\n').find((text, index, events) => index < events.length - 1 && text.includes(what));
    if (event !== undefined) return { id: /^id: ?(.*)$/m.exec(event)?.[1] ?? '', text: event };
  }
  throw new Error(`The stream ended without ${what}: ${all.slice(0, 1_000)}`);
}

test.each([
  ['8,000 bytes', 20_000],
  ['900,000 bytes', 900_000],
])('without Redis an answer and a stream of more than %s reach the process that they are for', async (_what, size) => {
  const word = `${'long '.repeat(size / 5)}!`;
  const place = product.placeAt();
  const program = await LegacyProgram.begin(place, { capabilities: { elicitation: {} } });
  const own = { ...place.headers, ...program.headers, 'content-type': 'application/json' };
  const label = `asks ${size}`;
  const call = { jsonrpc: '2.0', id: 9, method: 'tools/call', params: { name: 'ask', arguments: { label } } };
  const calling = await fetch(place.url, {
    method: 'POST',
    headers: { ...own, accept: 'application/json, text/event-stream' },
    body: JSON.stringify(call),
  });
  const question = await until(calling, 'elicitation/create');
  const asked = (JSON.parse(/^data: ?(.*)$/m.exec(question.text)?.[1] ?? '') as { id: string }).id;

  const elsewhere = product.placeAt(product.other);
  const resumed = await fetch(elsewhere.url, {
    headers: { ...own, accept: 'text/event-stream', 'last-event-id': question.id },
  });
  expect(resumed.status).toBe(200);
  const answer = { jsonrpc: '2.0', id: asked, result: { action: 'accept', content: { word } } };
  expect(
    (
      await fetch(elsewhere.url, {
        method: 'POST',
        headers: { ...own, accept: 'application/json, text/event-stream' },
        body: JSON.stringify(answer),
      })
    ).status,
  ).toBe(202);
  const { text } = await until(resumed, '"id":9');
  expect(text).toContain(word);
  await resumed.body?.cancel();
});
