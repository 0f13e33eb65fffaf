import './start/recent-node.js';
import 'reflect-metadata';
import { ConfigError, readConfig } from './platform/config/config.js';
import { AppError } from './platform/errors/app-error.js';
import { banner } from './start/banner.js';
import { createLogger } from './platform/logging/logger.js';
import { startApplication } from './start/application.js';
import { COMMANDS } from './start/commands/commands.js';

/** A process that does not end by itself after this is ended. */
const STOP_MS = 10_000;

async function main(): Promise<void> {
  const [name, ...args] = process.argv.slice(2);
  if (name === undefined) return serve();
  const command = COMMANDS[name];
  if (!command) throw new AppError('invalid', 'USAGE', `Commands: ${Object.keys(COMMANDS).join(', ')}.`);
  const config = readConfig({ ...process.env, LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn' });
  const say = (line: string) => void process.stdout.write(`${line}\n`);
  await command({ config, logger: createLogger(config.log), args, say });
}

async function serve(): Promise<void> {
  const started = performance.now();
  const running = await startApplication(readConfig(process.env));
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (asked) process.exit(1);
      asked = true;
      setTimeout(() => process.exit(1), STOP_MS).unref();
      void running.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
  const { config, url, model, demoUrl, claimCode, movedFrom } = running;
  const startedInMs = performance.now() - started;
  process.stdout.write(`${banner({ config, origin: url, model, demoUrl, claimCode, movedFrom, startedInMs })}\n`);
}

// Whoever read our output may leave; the work goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

main().catch(fail);

function fail(error: unknown): never {
  const isForPeople = error instanceof ConfigError || error instanceof AppError;
  process.stderr.write(`${isForPeople ? error.message : (error as Error).stack}\n`);
  process.exit(1);
}
