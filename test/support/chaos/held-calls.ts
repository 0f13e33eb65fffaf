import type { PersonApi } from './api.js';
import { until } from './until.js';

export const HELD_TOOLS = ['read_value', 'put_value', 'write_value'] as const;
type HeldTool = (typeof HELD_TOOLS)[number];

/** A call that waits, or waited, for a person. */
export interface Held {
  approvalId: string;
  tool: HeldTool;
  /** As the upstream writes it down. */
  call: string;
  /** Its approval was answered with 200. */
  acknowledged: boolean;
}

interface Detail {
  status: string;
  call: {
    status: string;
    answer: {
      status: string;
      error: { code: string } | null;
      result: { structured_content?: { id?: string } } | null;
    } | null;
  } | null;
}

/** Two at once need not be told apart: the first answer is that of the one whose decision stands. */
export type Said = 'approved' | 'already decided' | 'no answer';

const END_MS = 60_000;

/** Calls through a key, at the door of programs, on which their owner decides in the inbox. */
export class HeldCallsOf {
  constructor(
    private readonly person: PersonApi,
    private readonly key: string,
    private readonly serverId: string,
  ) {}

  /** Under a key of its own, so that it is asked for until it is known to wait, and is one call all the same. */
  async hold(tool: HeldTool, id: string): Promise<Held> {
    const body = { serviceId: this.serverId, toolName: tool, parameters: { id } };
    const headers = { authorization: `ApiKey ${this.key}`, 'idempotency-key': `${tool}-${id}` };
    let approvalId: string | undefined;
    let last: unknown;
    await until(
      `${tool} ${id} waits`,
      async () => {
        const answer = await this.person
          .request('POST', '/v1/mcp/execute/tool', body, headers)
          .catch((error: unknown) => ({ status: 0, body: String(error) }));
        last = answer;
        if (answer.status === 202) approvalId = (answer.body as { data: { approvalId: string } }).data.approvalId;
        else if (![0, 409, 503].includes(answer.status)) throw new Error(`${tool} ${id}: ${JSON.stringify(answer)}`);
        return approvalId !== undefined;
      },
      END_MS,
      () => JSON.stringify(last),
    );
    return { approvalId: approvalId ?? '', tool, call: `${tool} ${id}`, acknowledged: false };
  }

  /** As a client does whose process came back: until it is known what was decided. */
  async approveAgain(held: Held): Promise<void> {
    await until(`${held.call} is decided`, async () => (await this.approve(held)) !== 'no answer', END_MS);
  }

  /** @throws for any answer that is neither the approval nor a word that it was too late */
  async approve(held: Held): Promise<Said> {
    const answer = await this.person
      .request('POST', `/api/v1/approvals/${held.approvalId}/decide`, { decision: 'approve' })
      .catch(() => undefined);
    if (answer === undefined || answer.status === 503) return 'no answer';
    if (answer.status === 200) {
      held.acknowledged = true;
      return 'approved';
    }
    const { code } = answer.body as { code?: string };
    if (answer.status === 409 && code === 'ALREADY_DECIDED') return 'already decided';
    throw new Error(`${held.call}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  async detail({ approvalId }: Held): Promise<Detail> {
    let detail: Detail | undefined;
    await until(
      `${approvalId} is told`,
      async () => {
        detail = await this.person.call<Detail>('GET', `/api/v1/approvals/${approvalId}`).catch(() => undefined);
        return detail !== undefined;
      },
      END_MS,
    );
    return detail as Detail;
  }

  /** What is told of it once it has ended, held against what the upstream did. @returns what does not fit */
  async judge(
    held: Held,
    counts: () => Promise<ReadonlyMap<string, number>>,
  ): Promise<{ how: string; faults: string[] }> {
    let detail = await this.detail(held);
    await until(
      `${held.call} has ended`,
      async () => (detail = await this.detail(held)).call?.status === 'finished',
      END_MS,
      () => JSON.stringify(detail),
    );
    const times = (await counts()).get(held.call) ?? 0;
    const answer = detail.call?.answer;
    const how = answer?.status ?? 'nothing';
    const faults: string[] = [];
    const tell = (what: string) => faults.push(`${held.call} ${what} (${JSON.stringify(answer)}, ${times} times)`);
    if (detail.status !== 'approved') tell(`is ${detail.status}`);
    const isWrite = held.tool === 'write_value';
    if (isWrite && times > 1) tell('happened more than once');
    if (how === 'succeeded') {
      if (times === 0) tell('is told as done and never happened');
      if (`${held.tool} ${answer?.result?.structured_content?.id}` !== held.call)
        tell('has the result of another call');
    } else if (!isWrite) tell('may be made again, and was given up');
    else if (how !== 'lost' || answer?.error?.code !== 'OUTCOME_UNKNOWN') tell('ended without a reason');
    return { how, faults };
  }
}
