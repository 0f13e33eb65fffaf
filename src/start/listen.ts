import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppError } from '../platform/errors/app-error.js';

const TRIED = 50;

export interface Listening {
  port: number;
  /** The port that was asked for was busy. */
  moved: boolean;
}

/**
 * Listens on the port or, where `search` allows it, on the next free one.
 * @throws AppError ADDRESS_UNUSABLE
 */
export async function listen(
  app: NestFastifyApplication,
  { host, port, search }: { host: string; port: number; search: boolean },
): Promise<Listening> {
  await app.init();
  const fastify = app.getHttpAdapter().getInstance();
  for (let tried = port; ; tried += 1) {
    try {
      // Not by Nest's own `listen`, which prints an error for each busy port.
      await fastify.listen({ port: tried, host });
      const address = app.getHttpServer().address() as AddressInfo;
      return { port: address.port, moved: port !== 0 && address.port !== port };
    } catch (error) {
      const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      if (!isBusy || !search || tried >= port + TRIED || tried >= 65_535) {
        throw addressFault(error, { host, port, names: ['HOST', 'PORT'] });
      }
    }
  }
}

interface Address {
  host: string;
  port: number;
  /** The settings that give them. */
  names: readonly [host: string, port: string];
}

/** Why nobody can listen there, and what to do; what is not known stays as it is. */
export function addressFault(error: unknown, { host, port, names }: Address): unknown {
  const [ofHost, ofPort] = names;
  const sentence = {
    EADDRINUSE: `${ofPort}: another process listens on ${host}:${port}. End it, or choose another port.`,
    EACCES: `${ofPort}: this user may not listen on ${host}:${port}. Choose a port from 1024 on.`,
    EADDRNOTAVAIL: `${ofHost}: this machine has no address ${host}. Name one of its own, or 0.0.0.0 for all.`,
    ENOTFOUND: `${ofHost}: there is no address ${host}. Name one of this machine, or 0.0.0.0 for all.`,
    EAI_AGAIN: `${ofHost}: there is no address ${host}. Name one of this machine, or 0.0.0.0 for all.`,
  }[(error as NodeJS.ErrnoException).code ?? ''];
  return sentence === undefined ? error : new AppError('unavailable', 'ADDRESS_UNUSABLE', sentence, { cause: error });
}
