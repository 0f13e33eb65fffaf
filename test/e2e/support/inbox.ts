import type { Person } from '../../support/app.js';
import { type Transport, TRANSPORTS } from '../../support/session-clients.js';
import type { Scene } from './scene.js';

export interface Shown {
  id: string;
  kind: string;
  status: string;
  tool: string;
  arguments: Record<string, unknown> | null;
  node_id: string | null;
  can_decide: boolean;
  decided_by: { username: string } | null;
  decision_reason: string | null;
  call: { status: string; answer: { status: string; result: { structured_content?: unknown } } | null } | null;
}
interface List {
  approvals: Shown[];
  counts: { pending: number; calls: number; nodes: number; tools: number };
}

export const keyOf = async (person: Person, scope: string): Promise<string> =>
  (await person.call<{ api_key: { key: string } }>('POST', '/user/api-keys', { name: 'k', scopes: [scope] })).body
    .api_key.key;

/** What people ask of the list of what waits; the owner of the scene, unless somebody else is named. */
export class Inbox {
  constructor(private readonly scene: Scene) {}

  /** Over one of them: what differs between them is tested elsewhere. */
  join() {
    return this.scene.join(TRANSPORTS[0] as Transport);
  }

  async list(query = '', by = this.scene.person): Promise<List> {
    return (await by.call<List>('GET', `/approvals${query}`)).body;
  }

  /** Once it has come to its end. */
  async get(id: string, by = this.scene.person): Promise<Shown> {
    return (await by.call<Shown>('GET', `/approvals/${id}?wait=20`)).body;
  }

  decide(id: string, body: object, by = this.scene.person) {
    return by.call<Shown & { code: string; by: string }>('POST', `/approvals/${id}/decide`, body);
  }

  async ofNode(node: string, by = this.scene.person): Promise<Shown | undefined> {
    return (await this.list('?kind=node', by)).approvals.find(({ node_id }) => node_id === node);
  }

  count(tool: string, label: string): number {
    return this.scene.upstream.memory.count(tool, label);
  }

  /** A call from a door without a person: it waits, or was answered. */
  async hold(label: string, { token = this.scene.person.token, text = 'x', serviceId = this.scene.server.id } = {}) {
    const body = { serviceId, toolName: 'write', parameters: { label, text } };
    const answer = await this.scene.app.api<{ data: { approvalId: string } }>('POST', '/v1/mcp/execute/tool', {
      token,
      body,
    });
    return { status: answer.status, id: answer.body.data.approvalId };
  }
}
