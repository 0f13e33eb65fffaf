import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../../platform/config/config.js';
import { AppError } from '../../platform/errors/app-error.js';
import { newId } from '../../platform/ids.js';
import { ErrorWriter } from './error-writer.js';
import { DirectRoutes } from './direct-routes.js';
import { ExpectContinue } from './expect-continue.js';
import { parseJsonBody } from './json-body.js';
import { toProblem } from './problem.js';
import { credentialConstraint } from './session-cookie.js';
import { RequestHooks } from './request-hooks.js';
import { requestIdOf } from './request-id.js';

type RootModule = Parameters<typeof NestFactory.create>[0];

const BODY_LIMIT_BYTES = 1_048_576;
/** Paths that take more. */
const LARGE_BODIES: Readonly<Record<string, number>> = { '/api/export/import': 5 * 1_048_576 };

/** Of a part of a path: names of tools are what servers make them. */
const PARAMETER_LENGTH = 2_048;

/** For the whole request to arrive. */
const REQUEST_MS = 60_000;

/** The HTTP application as it runs and as it is tested: `listen` is the caller's. */
export async function createHttpApplication(
  module: RootModule,
  config: Config,
  options: NestApplicationOptions = {},
): Promise<NestFastifyApplication> {
  // The adapter is made before the application that has the writer.
  const late: { writer?: ErrorWriter; hooks?: RequestHooks } = {};
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_MS,
    // A request that came before the listener closed is answered like any other.
    return503OnClosing: false,
    routerOptions: { constraints: { credential: credentialConstraint }, maxParamLength: PARAMETER_LENGTH },
    // One hop: the proxy's own entry is the last one; those before it are the caller's to invent.
    trustProxy: config.http.trustProxy ? (_address: string, hop: number) => hop === 0 : false,
    genReqId: ({ headers }: IncomingMessage) => requestIdOf(headers['x-request-id']),
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const write = (thrown: unknown) => late.writer?.write(thrown, request, reply);
      // No hook has run, and no error is free.
      const counted = async () => late.hooks?.count(request, reply);
      counted().then(() => write(error), write);
    },
    clientErrorHandler: answerBrokenHttp,
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: ['error', 'warn', 'fatal'],
    abortOnError: false,
    ...options,
    bodyParser: false,
  });
  late.writer = app.get(ErrorWriter);
  late.hooks = app.get(RequestHooks);
  configureHttp(app);
  return app;
}

/** Hooks and body parsing; to be called once, before the application listens. */
export function configureHttp(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  fastify.addHook('onRoute', (route) => {
    const limit = LARGE_BODIES[route.url];
    if (limit !== undefined) route.bodyLimit = limit;
  });
  app.get(DirectRoutes).install(fastify.server);
  app.get(RequestHooks).install(fastify);
  app.get(ExpectContinue).install(fastify, BODY_LIMIT_BYTES);
}

/** For bytes that are no HTTP request: there is no path, so no dialect either. */
function answerBrokenHttp(fault: Error & { code?: string }, socket: Socket): void {
  if (fault.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error = new AppError('invalid', 'BAD_HTTP', 'This is not a valid HTTP request.');
  const answer = toProblem(error, { requestId: newId('req') });
  const status = fault.code === 'HPE_HEADER_OVERFLOW' ? 431 : fault.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const body = JSON.stringify({ ...(answer.body as object), status });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
