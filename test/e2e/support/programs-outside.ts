import { eventually, type TestApp } from '../../support/app.js';
import { startWebhookReceiver } from '../../support/webhook-receiver.js';
import type { Scene } from './scene.js';
import { makeHook, makeKey, type Told } from './webhooks.js';

/** What programs have under way at one moment: calls that a person approved and that do not end, an event that nobody takes. */
export interface ProgramsOutside {
  /** The product that they were begun on tells them nothing any more. */
  forget: () => Promise<void>;
  /**
   * At another product on the same data: the calls are told as unknown, and not begun again; the event is sent when
   * somebody asks for that, and not by itself. The last that is asked of them.
   */
  expectAtRest: (app: TestApp) => Promise<void>;
}

export async function startProgramsOutside(scene: Scene): Promise<ProgramsOutside> {
  const { person, server, upstream } = scene;
  const { token } = person;

  const hold = async (tool: string, label: string): Promise<string> => {
    const held = await scene.app.api<{ data: { approvalId: string } }>('POST', '/v1/mcp/execute/tool', {
      token,
      body: { serviceId: server.id, toolName: tool, parameters: { label } },
    });
    const id = held.body.data.approvalId;
    expect((await person.call('POST', `/approvals/${id}/decide`, { decision: 'approve' })).status).toBe(200);
    await upstream.memory.called(tool, label);
    return id;
  };
  const held = [await hold('hold', 'held'), await hold('hold_write', 'held')];

  const receiver = await startWebhookReceiver();
  const received = (count: number) =>
    eventually(
      () => receiver.received.length,
      (length) => length === count,
    );
  receiver.answer(() => undefined);
  const hook = await makeHook(person, receiver.url);
  await makeKey(person);
  await received(1);

  return {
    forget: async () => void (await person.call('DELETE', `/webhooks/${hook.id}`)),
    expectAtRest: async (app) => {
      for (const id of held) {
        const { body } = await eventually(
          () => app.api<{ call: { status: string } }>('GET', `/api/v1/approvals/${id}`, { token }),
          (answer) => answer.body.call.status === 'finished',
        );
        expect(body.call).toMatchObject({ answer: { status: 'lost', error: { code: 'OUTCOME_UNKNOWN' } } });
      }
      const log = `/api/v1/webhooks/${hook.id}/deliveries`;
      const [old] = (await app.api<{ deliveries: Told[] }>('GET', log, { token })).body.deliveries;
      expect(old).toMatchObject({ status: 'failed', next_try_at: null });
      expect(old?.error).toMatch(/^Restored from a backup/);
      receiver.answer((response) => void response.writeHead(204).end());
      expect(receiver.received).toHaveLength(1);
      await app.api('POST', `${log}/${old?.id}/redeliver`, { token });
      await received(2);
      expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      await receiver.close();
    },
  };
}
