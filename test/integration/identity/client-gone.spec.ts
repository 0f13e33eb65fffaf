import { Controller, Get, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { ClientGone } from '../../../src/surfaces/pipeline/client-gone.js';

let arrived: () => void = () => undefined;
let left: (reason: Error) => void = () => undefined;

@Controller()
class WaitingController {
  @Get('wait')
  async wait(@ClientGone() signal: AbortSignal): Promise<string> {
    arrived();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    left(signal.reason as Error);
    return 'too late';
  }

  @Get('stay')
  async stay(@ClientGone() signal: AbortSignal): Promise<{ gone: boolean }> {
    return { gone: signal.aborted };
  }
}

@Module({ controllers: [WaitingController] })
class WaitingModule {}

describe('a client that goes away', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    app = await NestFactory.create<NestFastifyApplication>(WaitingModule, new FastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });

  afterAll(() => app.close());

  test('is noticed by the work that it asked for', async () => {
    const began = new Promise<void>((resolve) => (arrived = resolve));
    const gone = new Promise<Error>((resolve) => (left = resolve));
    const leaving = new AbortController();
    const asked = fetch(`${await app.getUrl()}/wait`, { signal: leaving.signal });
    await began;
    leaving.abort();
    await expect(asked).rejects.toThrow();
    expect((await gone).message).toBe('The client went away.');
  });

  test('is not one that waits for its answer', async () => {
    const answer = await fetch(`${await app.getUrl()}/stay`);
    expect(await answer.json()).toEqual({ gone: false });
  });
});
