import { TestEnvironment } from 'jest-environment-node';

const LISTENED = [
  'exit',
  'beforeExit',
  'warning',
  'uncaughtException',
  'unhandledRejection',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
];

/**
 * Tests run in the realm of the worker, so that packages can be loaded once for all files (see runtime.mjs). What a file leaves
 * behind in the globals, the environment variables or the listeners of the process is taken away after it.
 */
export default class SharedRealm extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.context = globalThis;
    this.global = globalThis;
    this.moduleMocker = new this.moduleMocker.constructor(globalThis);
    this.fakeTimersModern = new this.fakeTimersModern.constructor({ config: config.projectConfig, global: globalThis });
    this.restore = [
      restoringProperties(globalThis),
      restoringProperties(process),
      restoringVariables(),
      restoringListeners(),
    ];
  }

  async teardown() {
    await super.teardown();
    for (const restore of this.restore) restore();
  }
}

/** Accessors are left alone: Node's own globals become values at their first use. */
function restoringProperties(object) {
  const before = new Map(Reflect.ownKeys(object).map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]));
  return () => {
    for (const key of Reflect.ownKeys(object)) {
      const now = Object.getOwnPropertyDescriptor(object, key);
      const then = before.get(key);
      if (!then) Reflect.deleteProperty(object, key);
      else if ('value' in then && now?.value !== then.value) Reflect.defineProperty(object, key, then);
    }
    for (const [key, then] of before) if (!(key in object)) Reflect.defineProperty(object, key, then);
  };
}

function restoringVariables() {
  const before = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    for (const [name, value] of Object.entries(before)) if (process.env[name] !== value) process.env[name] = value;
  };
}

function restoringListeners() {
  const before = new Map(LISTENED.map((event) => [event, new Set(process.rawListeners(event))]));
  return () => {
    for (const [event, known] of before) {
      for (const listener of process.rawListeners(event)) if (!known.has(listener)) process.off(event, listener);
    }
  };
}
