import type { Writable } from 'node:stream';
import type { DurableFrame } from '@app/session-protocol';
import { Encoder, PacketType } from 'socket.io-parser';
import fc from 'fast-check';
import * as ws from 'ws';
import { Outgoing, outgoingOf, textFrame } from './outgoing.js';

/** Exported by the package, not by its types. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** What a client's `ws` makes of the bytes. */
function readByWs(frame: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const receiver = new Receiver({ isServer: false });
    receiver.on('message', (data: Buffer) => resolve(data.toString('utf8')));
    receiver.on('error', reject);
    receiver.end(frame);
  });
}

const frame = (text: string): DurableFrame => ({
  v: 1,
  id: 'evt_1',
  seq: 7,
  ts: '2026-11-21T00:00:00.000Z',
  session_id: 'session_1',
  type: 'session_updated',
  payload: { title: text },
});

describe('a frame on its way', () => {
  it('is what a WebSocket client reads, whatever the text', async () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const sent = frame(text);
        expect(JSON.parse(await readByWs(new Outgoing(sent).toWebSocket()))).toEqual(sent);
      }),
    );
  });

  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])('has the right length at %d bytes', async (bytes) => {
    expect(await readByWs(textFrame('x'.repeat(bytes)))).toBe('x'.repeat(bytes));
  });

  it('is the packet that socket.io would have made, in both forms', async () => {
    const nsp = '/ws/server/mcp_1';
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        const { type, payload, ...envelope } = frame(text);
        const [theirs] = new Encoder().encode({ type: PacketType.EVENT, nsp, data: [type, payload, envelope] }) as [
          string,
        ];
        const ours = new Outgoing(frame(text)).toSocketIo(nsp);
        expect(ours.data).toBe(theirs);
        expect(await readByWs(ours.frame)).toBe(`4${theirs}`);
      }),
    );
  });

  it('is made once for all who get it', () => {
    const sent = frame('x');
    expect(outgoingOf(sent)).toBe(outgoingOf(sent));
    expect(outgoingOf(sent).toWebSocket()).toBe(outgoingOf(sent).toWebSocket());
    expect(outgoingOf(sent).toSocketIo('/a')).toBe(outgoingOf(sent).toSocketIo('/a'));
    expect(outgoingOf(sent).toSocketIo('/b').data).toMatch(/^2\/b,/);
  });
});
