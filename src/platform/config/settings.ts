import { z } from 'zod';
import { ACCESS_SETTINGS } from './access-settings.js';
import { GATEWAY_SETTINGS } from './gateway-settings.js';
import {
  addressWithPassword,
  flag,
  whole,
  list,
  SECRET_LENGTH,
  secretsIn,
  baseUrl,
  dollars,
  MOST_TOKENS,
  headers,
  type Setting,
} from './setting-forms.js';

/** Every setting there is. `docs/configuration.md` is generated from this table. */
export const SETTINGS = {
  NODE_ENV: {
    schema: z.enum(['development', 'production', 'test']),
    preset: 'development',
    about: 'production refuses to start without SECRET_KEY, PUBLIC_URL and SMTP_URL, and has no development mailbox.',
  },
  ROLE: {
    schema: z.enum(['all', 'api', 'worker']),
    preset: 'all',
    about: 'What this process does: serve (api), run jobs (worker), or both.',
  },
  HOST: {
    schema: z.string().min(1),
    about: 'Address to listen on. Unset: 127.0.0.1 in development, 0.0.0.0 in production.',
  },
  PORT: {
    schema: whole(0, 65_535),
    preset: '8080',
    about: 'Port to listen on. In development the next free one is taken when it is busy; 0 takes any.',
  },
  PUBLIC_URL: {
    schema: z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, '')),
    about: 'Where people reach this instance. Unset: http://localhost:<port>.',
  },
  TRUST_PROXY: {
    schema: flag,
    preset: 'false',
    about: 'Believe X-Forwarded-For and X-Forwarded-Proto of the peer. Only behind a proxy of your own.',
  },
  DATA_DIR: {
    schema: z.string().min(1),
    about: 'Folder of the embedded database, the secrets and the artifacts. Unset: ./data.',
  },
  DATABASE_URL: {
    schema: addressWithPassword(/^postgres(ql)?$/),
    secret: true,
    about: 'PostgreSQL 15 or newer. Unset: the embedded one, in the data folder.',
  },
  DATABASE_POOL: { schema: whole(2, 200), preset: '16', about: 'Database connections of this process, at most.' },
  REDIS_URL: {
    schema: addressWithPassword(/^rediss?$/),
    secret: true,
    about:
      'Redis 6 or newer, for several processes: it carries their hints and counts their rate limits together. It holds nothing that may not be lost. Unset: PostgreSQL carries the hints, each process counts for itself.',
  },
  REDIS_PREFIX: {
    schema: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'Letters, digits, dots, dashes and underscores only'),
    preset: 'switchyard',
    about: 'What all keys and channels in Redis begin with. Instances that share a Redis need one each.',
  },
  SECRET_KEY: {
    schema: z.string().min(SECRET_LENGTH),
    secret: true,
    about:
      'What all keys are derived from, at least 32 characters. Unset: made at the first start, kept in the data folder.',
  },
  SECRET_KEY_PREVIOUS: {
    schema: z.string().min(SECRET_LENGTH).transform(secretsIn),
    secret: true,
    about:
      'Former values of SECRET_KEY, with commas between: keys that they protect are moved to the new one at the start.',
  },
  KEY_ROTATION_DAYS: {
    schema: whole(0, 3_650),
    preset: '90',
    about: 'Age at which keys are replaced by new ones while everything runs; 0 is never.',
  },
  BACKUP_DIR: {
    schema: z.string().min(1),
    about: 'Folder into which a backup is written each day. Unset: none by itself; a command writes into DATA_DIR.',
  },
  BACKUP_KEEP: { schema: whole(1, 1_000), preset: '14', about: 'How many of the daily backups are kept.' },
  RETENTION_EVENTS_DAYS: {
    schema: whole(0, 36_500),
    preset: '0',
    about: 'Age at which events of sessions are removed, whole turns at a time; the last turn stays. 0 keeps them.',
  },
  RETENTION_ARTIFACTS_DAYS: {
    schema: whole(0, 36_500),
    preset: '0',
    about: 'Age at which the bytes of files that tools made are removed. 0 keeps them.',
  },
  RETENTION_REQUEST_LOG_DAYS: {
    schema: whole(0, 36_500),
    preset: '90',
    about: 'Age at which lines of the request log, one for each call of a tool, are removed. 0 keeps them.',
  },
  REQUEST_LOG_BODY_BYTES: {
    schema: whole(0, 262_144),
    preset: '16384',
    about:
      'How many bytes of the arguments and of the result of a call the request log keeps at most, without secrets. 0 keeps none.',
  },
  RETENTION_ACTIVITY_DAYS: {
    schema: whole(0, 36_500),
    preset: '365',
    about:
      'Age at which lines of the activity (sign-ins, changes of members, keys, servers) are removed. 0 keeps them.',
  },
  RETENTION_WEBHOOKS_DAYS: {
    schema: whole(0, 36_500),
    preset: '30',
    about: 'Age at which what webhooks were told, and how that went, is removed. 0 keeps it.',
  },
  SMTP_URL: {
    schema: addressWithPassword(/^smtps?$/),
    secret: true,
    about: 'Mail transport, smtp:// or smtps://. Unset: mails stay in the development mailbox.',
  },
  MAIL_FROM: {
    schema: z.string().min(3),
    preset: 'Switchyard <no-reply@localhost>',
    about: 'Sender of the mails.',
  },
  S3_BUCKET: {
    schema: z.string().min(3).max(63),
    about: 'Bucket of an S3-compatible store for the artifacts. Unset: a folder in DATA_DIR.',
  },
  S3_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/ }),
    about: 'Address of a store that is not Amazon S3.',
  },
  S3_REGION: { schema: z.string().min(1), preset: 'us-east-1', about: 'Region of the bucket.' },
  S3_ACCESS_KEY_ID: {
    schema: z.string().min(1),
    secret: true,
    about:
      'Key of the store, together with S3_SECRET_ACCESS_KEY. Unset: the role of the machine, as the AWS SDK finds it.',
  },
  S3_SECRET_ACCESS_KEY: { schema: z.string().min(1), secret: true, about: 'The secret that belongs to it.' },
  S3_PREFIX: {
    schema: z.string().regex(/^[A-Za-z0-9!_.*'()/-]{0,200}$/),
    preset: '',
    about: 'What the names of the objects begin with, e.g. switchyard/.',
  },
  S3_PATH_STYLE: {
    schema: flag,
    about: 'The bucket in the path instead of the host name. Unset: true where S3_ENDPOINT is set.',
  },
  LLM_MODELS: {
    schema: list,
    preset: '',
    about:
      'Language models on offer, the default first: provider:model or provider@url:model, with commas between; provider is gemini, openai (any server that speaks its chat completions) or anthropic. Options: ?context=<tokens>&in=<dollars per million>&out=<…>&id=<name>. See docs/models.md. Unset: LLM_PROVIDER and LLM_MODEL, and a model of each further key.',
  },
  LLM_FALLBACK: {
    schema: list,
    preset: '',
    about: 'Models that answer, in this order, when the chosen one cannot: ids of LLM_MODELS, or offline. Unset: none.',
  },
  LLM_PROVIDER: {
    schema: z.enum(['gemini', 'openai', 'anthropic', 'offline']),
    about: 'Provider of the default model, where LLM_MODELS is unset. Unset: the first that has a key, else offline.',
  },
  LLM_MODEL: {
    schema: z.string().min(1),
    about:
      'Name of the default model, where LLM_MODELS is unset. Unset: gemini-2.5-flash, gpt-5.4-mini or claude-sonnet-5-5.',
  },
  GEMINI_API_KEY: { schema: z.string().min(1), secret: true, about: 'Key of the Gemini API.' },
  GEMINI_BASE_URL: { schema: baseUrl, about: 'Another address of the Gemini API.' },
  OPENAI_API_KEY: { schema: z.string().min(1), secret: true, about: 'Key of the OpenAI API.' },
  OPENAI_BASE_URL: {
    schema: baseUrl,
    about: 'Another server that speaks OpenAI chat completions, with its version: http://localhost:11434/v1.',
  },
  ANTHROPIC_API_KEY: { schema: z.string().min(1), secret: true, about: 'Key of the Anthropic API.' },
  ANTHROPIC_BASE_URL: { schema: baseUrl, about: 'Another address of the Anthropic API.' },
  LLM_KEYS: {
    schema: list,
    preset: '',
    secret: true,
    about: 'Keys of the servers that LLM_MODELS names by URL: host=key or host:port=key, with commas between.',
  },
  LLM_TIMEOUT_SECONDS: { schema: whole(1, 600), preset: '120', about: 'How long one answer of the model may take.' },
  BUDGET_SESSION_TOKENS: {
    schema: whole(0, MOST_TOKENS),
    preset: '0',
    about: 'Tokens that one session may use; 0 is no limit.',
  },
  BUDGET_SESSION_USD: { schema: dollars, preset: '0', about: 'Dollars that one session may cost; 0 is no limit.' },
  BUDGET_ORGANIZATION_TOKENS: {
    schema: whole(0, MOST_TOKENS),
    preset: '0',
    about: 'Tokens that one organization may use in a day (UTC); 0 is no limit.',
  },
  BUDGET_ORGANIZATION_USD: {
    schema: dollars,
    preset: '0',
    about: 'Dollars that one organization may cost in a day (UTC); 0 is no limit.',
  },
  BUDGET_DAY_TOKENS: {
    schema: whole(0, MOST_TOKENS),
    preset: '0',
    about: 'Tokens that the whole instance may use in a day (UTC); 0 is no limit.',
  },
  BUDGET_DAY_USD: {
    schema: dollars,
    preset: '0',
    about: 'Dollars that the whole instance may cost in a day (UTC); 0 is no limit.',
  },
  EGRESS_ALLOW: {
    schema: list,
    preset: '',
    about:
      'Private places that servers may be on: host names, host:port, addresses, CIDR blocks, with commas between. In development the loopback is allowed.',
  },
  ...ACCESS_SETTINGS,
  ...GATEWAY_SETTINGS,
  DEFAULT_PLAN: {
    schema: z.enum(['unlimited', 'standard']),
    preset: 'unlimited',
    about: 'Plan of organizations that were not given another: standard has 5 users, 10 servers, 1000 requests a day.',
  },
  JOB_CONCURRENCY: { schema: whole(1, 200), preset: '16', about: 'Jobs that this process runs at a time.' },
  DEMO_SERVER: {
    schema: flag,
    about:
      'Start the demo MCP server and register it in new organizations, unless ROLE is api. Unset: true in development, never in production.',
  },
  DEMO_PORT: { schema: whole(0, 65_535), preset: '7400', about: 'First port tried by the demo server.' },
  PACKAGES_ENABLED: {
    schema: flag,
    about:
      'Run listed npm packages as servers over stdio. They are no sandbox: see security. Unset: true where one process does all (ROLE=all, no REDIS_URL), since each process would run its own, on files of its own.',
  },
  PACKAGES_REGISTRY: {
    schema: z.url({ protocol: /^https?$/ }),
    about: 'Where listed packages are installed from. Unset: the registry that npm is configured with.',
  },
  METRICS_PORT: {
    schema: whole(0, 65_535),
    about: 'Port of its own for /metrics, in the form of Prometheus. Unset: none; 0 takes any free one.',
  },
  METRICS_HOST: {
    schema: z.string().min(1),
    preset: '127.0.0.1',
    about: 'Address that METRICS_PORT is on. Beyond the loopback only in a network of your own.',
  },
  METRICS_TOKEN: {
    schema: z.string().regex(/^[A-Za-z0-9._~+/-]{16,}=*$/),
    secret: true,
    about:
      'Bearer token for /metrics, at least 16 letters, digits and ._~+/-; with it /metrics is also on PORT. Unset: not there.',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: z.url({ protocol: /^https?$/ }),
    about: 'OpenTelemetry collector for traces, OTLP over HTTP, e.g. http://localhost:4318. Unset: nothing is traced.',
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    secret: true,
    preset: '',
    about: 'Headers for the collector: name=value, with commas between, values percent-encoded.',
  },
  OTEL_SERVICE_NAME: { schema: z.string().min(1), preset: 'switchyard', about: 'Name of this service in traces.' },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number().min(0).max(1),
    preset: '1',
    about: 'Share of the traces that is recorded, 0 to 1.',
  },
  LOG_LEVEL: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    preset: 'info',
    about: 'Least level of the log lines on stdout.',
  },
  LOG_FORMAT: {
    schema: z.enum(['pretty', 'json']),
    about: 'Unset: json in production, pretty in development.',
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
