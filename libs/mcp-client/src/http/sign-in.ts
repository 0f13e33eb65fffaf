import { headerOf, readChallenge, renewed, type Authorization } from '../authorization.js';
import type { Deadline } from '../deadline.js';
import { endedBy } from '../failures.js';
import { HttpRefusal } from './exchange.js';

/** Headers, names and values by turns, the same array as long as they are the same, so that they are written out once. */
export type Headers = readonly string[];

/** Puts what signs in among the headers of a connection, where it changes over time. */
export class SignIn {
  readonly #authorization: Authorization | undefined;
  readonly #unsigned: Headers;
  #signed: { with: string; headers: Headers } | undefined;

  constructor(authorization: Authorization | undefined, headers: Headers) {
    this.#authorization = authorization;
    this.#unsigned = authorization ? withoutAuthorization(headers) : headers;
  }

  /**
   * Does `send` with the headers; once more where the server refused them unread and others are to be had.
   * @throws UpstreamError, and what `send` throws
   */
  use<T>(
    deadline: Deadline,
    send: (headers: Headers, signedIn: string | undefined) => Promise<T>,
    wwwAuthenticate: () => string | undefined,
  ): Promise<T> {
    const authorization = this.#authorization;
    if (!authorization) return send(this.#unsigned, undefined);
    const sendWith = (header: string | undefined) => send(this.#with(header), header);
    const header = headerOf(authorization);
    const first = header instanceof Promise ? inTime(deadline, header).then(sendWith) : sendWith(header);
    return first.catch(async (error: unknown) => {
      const challenge = error instanceof HttpRefusal && readChallenge(error.status, wwwAuthenticate());
      if (!challenge || deadline.ended) throw error;
      const sent = await header;
      if (!(await inTime(deadline, renewed(authorization, { ...challenge, sent })))) throw error;
      return sendWith(await inTime(deadline, Promise.resolve(headerOf(authorization))));
    });
  }

  /** For what is said without waiting for an answer: with what is known. */
  async headers(): Promise<Headers> {
    return this.#with(this.#authorization && (await headerOf(this.#authorization)));
  }

  #with(header: string | undefined): Headers {
    if (header === undefined) return this.#unsigned;
    if (this.#signed?.with !== header) {
      this.#signed = { with: header, headers: [...this.#unsigned, 'authorization', header] };
    }
    return this.#signed.headers;
  }
}

function withoutAuthorization(headers: Headers): Headers {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2);
    if (name !== 'authorization') kept.push(name, value);
  }
  return kept;
}

/** @throws UpstreamError of the deadline, and what the work throws */
async function inTime<T>(deadline: Deadline, work: Promise<T>): Promise<T> {
  // Whoever loses the race may still fail, which then concerns nobody.
  work.catch(() => undefined);
  try {
    return await deadline.race(work);
  } catch (error) {
    throw deadline.ended ? endedBy(deadline, false) : error;
  }
}
