import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/database.js';
import type { ApprovalId, UserId } from '../../platform/ids.js';
import { LOCAL_CREDENTIAL } from '../identity/local-caller.service.js';
import type { ApprovalStatus } from '../approvals/approval-request.js';
import type { HeldAnswer, HeldCall, HeldCallView, HeldState } from './held-call.js';

const COLUMNS = `
  held.approval_id as "approvalId", held.organization_id as "organizationId", held.user_id as "userId", held.username,
  held.via, held.credential_id as "credentialId", held.door, held.server_id as "serverId", held.tool, held.pin,
  held.account_version as "accountVersion", held.repeatable, held.arguments, held.timeout_ms as "timeoutMs", held.ip,
  held.user_agent as "userAgent", held.request_id as "requestId", held.log_id as "logId", held.state, held.claim,
  held.answer, held.created_at as "createdAt"`;

/** A held call with what its request says. */
export interface RequestedCall extends HeldCall {
  status: ApprovalStatus;
  expiresAt: Date | null;
}

@Injectable()
export class HeldCallsRepository {
  constructor(private readonly database: Database) {}

  async insert(call: HeldCall): Promise<void> {
    await this.database.sql(
      `insert into held_calls (approval_id, organization_id, user_id, username, via, credential_id, door, server_id, tool,
         pin, account_version, repeatable, arguments, timeout_ms, ip, user_agent, request_id, log_id, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      [
        call.approvalId,
        call.organizationId,
        call.userId,
        call.username,
        call.via,
        call.credentialId,
        call.door,
        call.serverId,
        call.tool,
        call.pin,
        call.accountVersion,
        call.repeatable,
        JSON.stringify(call.arguments),
        call.timeoutMs,
        call.ip,
        call.userAgent,
        call.requestId,
        call.logId,
        call.createdAt,
      ],
    );
  }

  /** Until the transaction ends, with its request: who decides and who runs come one after another. */
  async lock(id: ApprovalId): Promise<RequestedCall | undefined> {
    const [found] = await this.database.sql<RequestedCall>(
      `select ${COLUMNS}, request.status, request.expires_at as "expiresAt"
       from held_calls held join approval_requests request on request.id = held.approval_id
       where held.approval_id = $1 for update`,
      [id],
    );
    return found;
  }

  async find(
    id: ApprovalId,
  ): Promise<(Omit<HeldCallView, 'url'> & Pick<HeldCall, 'userId' | 'organizationId'>) | undefined> {
    const [found] = await this.database.sql<Omit<HeldCallView, 'url'> & Pick<HeldCall, 'userId' | 'organizationId'>>(
      `select held.approval_id as "approvalId", held.organization_id as "organizationId", held.user_id as "userId",
         held.server_id as "serverId", request.server_name as "serverName", held.tool, request.status,
         held.created_at as "createdAt", request.expires_at as "expiresAt", request.decided_at as "decidedAt",
         request.decided_by_name as "decidedBy", request.decision_reason as reason, held.state,
         held.begun_at as "begunAt", held.answer, held.log_id as "logId", held.request_id as "requestId"
       from held_calls held join approval_requests request on request.id = held.approval_id
       where held.approval_id = $1`,
      [id],
    );
    return found;
  }

  /**
   * The newest of the very same call whose asker was not told what became of it. A client that signed in anew is the same asker;
   * another key or client is not, though it were of the same person.
   */
  async findUntold(
    { userId, organizationId, credentialId }: Pick<HeldCall, 'userId' | 'organizationId' | 'credentialId'>,
    { serverId, tool, pin, arguments: args }: Pick<HeldCall, 'serverId' | 'tool' | 'pin' | 'arguments'>,
  ): Promise<ApprovalId | undefined> {
    const [found] = await this.database.sql<{ id: ApprovalId }>(
      `select held.approval_id as id
       from held_calls held join approval_requests request on request.id = held.approval_id
       where held.user_id = $1 and held.organization_id = $2 and held.server_id = $3 and held.tool = $4 and held.pin = $5
         and held.door = 'gateway' and held.told_at is null and held.arguments::jsonb = $6::jsonb
         and request.status in ('pending', 'approved', 'denied')
         and (held.credential_id = $7
           or (select client_id from client_grants where id = held.credential_id)
             = (select client_id from client_grants where id = $7))
       order by held.created_at desc limit 1`,
      [userId, organizationId, serverId, tool, pin, JSON.stringify(args), credentialId],
    );
    return found?.id;
  }

  /** @returns whether nobody was told before */
  async markTold(id: ApprovalId, at: Date): Promise<boolean> {
    const told = await this.database.sql(
      'update held_calls set told_at = $2 where approval_id = $1 and told_at is null returning 1',
      [id, at],
    );
    return told.length > 0;
  }

  async countOpen(userId: UserId): Promise<number> {
    const [row] = await this.database.sql<{ open: number }>(
      `select count(*)::int as open
       from held_calls held join approval_requests request on request.id = held.approval_id
       where held.user_id = $1 and held.finished_at is null and request.status = 'pending'`,
      [userId],
    );
    return row?.open ?? 0;
  }

  async queue(id: ApprovalId, args: Record<string, unknown>): Promise<void> {
    await this.database.sql(`update held_calls set state = 'queued', arguments = $2 where approval_id = $1`, [
      id,
      JSON.stringify(args),
    ]);
  }

  /** Once more, after it came to nothing. @param logId of its next line in the request log */
  async queueAgain(id: ApprovalId, logId: string): Promise<void> {
    await this.database.sql(
      `update held_calls set state = 'queued', answer = null, finished_at = null, log_id = $2 where approval_id = $1`,
      [id, logId],
    );
  }

  async begin(id: ApprovalId, claim: string, at: Date): Promise<void> {
    await this.database.sql(
      `update held_calls set state = 'running', claim = $2, begun_at = $3 where approval_id = $1`,
      [id, claim, at],
    );
  }

  async finish(id: ApprovalId, answer: HeldAnswer, at: Date): Promise<void> {
    const state: HeldState = 'finished';
    await this.database.sql(
      'update held_calls set state = $2, answer = $3, finished_at = $4, claim = null where approval_id = $1',
      [id, state, JSON.stringify(answer), at],
    );
  }

  /** Whether the key, or what somebody granted a client, with which it was asked still counts. */
  async isCredentialAlive(credentialId: string, at: Date): Promise<boolean> {
    if (credentialId === LOCAL_CREDENTIAL) return true;
    const rows = await this.database.sql(
      `select from api_keys where id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)
       union all select from client_grants where id = $1 and revoked_at is null`,
      [credentialId, at],
    );
    return rows.length > 0;
  }
}
