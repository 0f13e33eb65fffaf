import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const TRIED = 50;

export interface Listening {
  port: number;
  /** The port that was asked for was busy. */
  moved: boolean;
}

/** Listens on the port or, where `search` allows it, on the next free one. */
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
      if (!isBusy || !search || tried >= port + TRIED || tried >= 65_535) throw error;
    }
  }
}
