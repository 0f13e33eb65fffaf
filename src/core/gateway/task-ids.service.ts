import { Injectable } from '@nestjs/common';
import { Keyring } from '../../platform/crypto/keyring.js';
import type { ServerId } from '../../platform/ids.js';
import type { Principal } from '../identity/principal.js';

/** The tail of an HMAC; what it protects is one person's from another of the same account at the server. */
const MARK_CHARACTERS = 22;
const SEPARATOR = '~';
/** A client may come back to a task for so long after the keys were rotated. */
export const TASK_ID_SECONDS = 7 * 86_400;

/** A task of a server, as it is known there. */
export interface KnownTask {
  serverId: ServerId;
  id: string;
}

/**
 * Ids of tasks for clients: which server has it, and a mark by which nobody but who began it comes to it, since all people
 * of an account are one to the server.
 */
@Injectable()
export class TaskIds {
  constructor(private readonly keyring: Keyring) {}

  expose(principal: Principal, { serverId, id }: KnownTask): string {
    const mark = this.keyring.sign('task-ids', textOf(principal, serverId, id)).slice(0, MARK_CHARACTERS);
    return [serverId, mark, id].join(SEPARATOR);
  }

  /** Undefined for what was not made for them. */
  read(principal: Principal, exposed: string): KnownTask | undefined {
    const [serverId = '', mark = '', ...rest] = exposed.split(SEPARATOR);
    const id = rest.join(SEPARATOR);
    const isTheirs = this.keyring
      .live('task-ids')
      .some(
        (version) =>
          this.keyring.sign('task-ids', textOf(principal, serverId, id), version).slice(0, MARK_CHARACTERS) === mark,
      );
    return isTheirs && mark !== '' ? { serverId: serverId as ServerId, id } : undefined;
  }
}

const textOf = ({ userId, organizationId }: Principal, serverId: string, id: string) =>
  JSON.stringify(['task', userId, organizationId, serverId, id]);
