import { resolve } from 'node:path';
import type { z } from 'zod';
import { readModels } from './model-settings.js';
import type { Setting } from './setting-forms.js';
import { SETTINGS, type SettingName } from './settings.js';

type Output<Name extends SettingName> = z.output<(typeof SETTINGS)[Name]['schema']>;
type Values = {
  [Name in SettingName]: (typeof SETTINGS)[Name] extends { preset: string } ? Output<Name> : Output<Name> | undefined;
};

/** All that is wrong with the settings, each by its name. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(['The settings are not usable:', ...problems.map((problem) => `  - ${problem}`)].join('\n'));
  }
}

export type Config = ReturnType<typeof readConfig>;

/**
 * Called once, by main.ts; nothing else reads the environment.
 * @throws ConfigError with all problems at once
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { values, problems } = parse(environment);
  const production = values.NODE_ENV === 'production';
  if (production) problems.push(...missingInProduction(values));
  const models = readModels(values);
  problems.push(...models.problems);
  problems.push(...s3Problems(values));
  if (production && values.MCP_OPEN_ON_LOOPBACK) {
    problems.push('MCP_OPEN_ON_LOOPBACK: not in production, where each client signs in.');
  }
  if ((values.ROLE === 'api' || values.ROLE === 'worker') && !values.DATABASE_URL) {
    problems.push(`DATABASE_URL: needed by ROLE=${values.ROLE}, so that the processes share one database.`);
  }
  if (problems.length > 0) throw new ConfigError(problems);

  return Object.freeze({
    production,
    role: values.ROLE,
    http: {
      host: values.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
      port: values.PORT,
      publicUrl: values.PUBLIC_URL,
      trustProxy: values.TRUST_PROXY,
    },
    dataDirectory: resolve(values.DATA_DIR ?? 'data'),
    database: { url: values.DATABASE_URL, pool: values.DATABASE_POOL },
    redis: { url: values.REDIS_URL, prefix: values.REDIS_PREFIX },
    secretKey: values.SECRET_KEY,
    artifacts: { s3: s3Of(values) },
    formerSecretKeys: values.SECRET_KEY_PREVIOUS ?? [],
    backups: { folder: values.BACKUP_DIR && resolve(values.BACKUP_DIR), keep: values.BACKUP_KEEP },
    retention: {
      eventsDays: values.RETENTION_EVENTS_DAYS,
      artifactsDays: values.RETENTION_ARTIFACTS_DAYS,
      requestLogDays: values.RETENTION_REQUEST_LOG_DAYS,
      activityDays: values.RETENTION_ACTIVITY_DAYS,
      webhooksDays: values.RETENTION_WEBHOOKS_DAYS,
    },
    requestLog: { bodyBytes: values.REQUEST_LOG_BODY_BYTES },
    keys: { rotationDays: values.KEY_ROTATION_DAYS },
    mail: { smtpUrl: values.SMTP_URL, from: values.MAIL_FROM },
    models: {
      offered: models.offered,
      fallback: models.fallback,
      timeoutMs: values.LLM_TIMEOUT_SECONDS * 1_000,
    },
    budgets: {
      session: { tokens: values.BUDGET_SESSION_TOKENS, dollars: values.BUDGET_SESSION_USD },
      organization: { tokens: values.BUDGET_ORGANIZATION_TOKENS, dollars: values.BUDGET_ORGANIZATION_USD },
      instance: { tokens: values.BUDGET_DAY_TOKENS, dollars: values.BUDGET_DAY_USD },
    },
    mcp: {
      allowedHosts: values.MCP_ALLOWED_HOSTS,
      allowedOrigins: values.MCP_ALLOWED_ORIGINS,
      openOnLoopback: values.MCP_OPEN_ON_LOOPBACK,
    },
    oauth: { clientDocuments: values.OAUTH_CLIENT_DOCUMENTS },
    egress: { allow: values.EGRESS_ALLOW, loopback: production ? ('refused' as const) : ('allowed' as const) },
    rateLimits: {
      authPerMinute: values.RATE_LIMIT_AUTH_RPM,
      perMinute: values.RATE_LIMIT_RPM,
      userPerMinute: values.RATE_LIMIT_USER_RPM,
      keyPerMinute: values.RATE_LIMIT_KEY_RPM,
      framesPerSecond: values.RATE_LIMIT_FRAMES,
      socketsPerUser: values.SOCKETS_PER_USER,
    },
    oneTimeCodes: {
      cooldownSeconds: values.OTP_COOLDOWN_SECONDS,
      lifetimeSeconds: values.OTP_LIFETIME_SECONDS,
    },
    tokens: { accessSeconds: values.ACCESS_TOKEN_SECONDS, refreshSeconds: values.REFRESH_TOKEN_SECONDS },
    approvals: { lifetimeSeconds: values.APPROVAL_LIFETIME_SECONDS },
    defaultPlan: values.DEFAULT_PLAN,
    jobs: { concurrency: values.JOB_CONCURRENCY },
    demo: {
      // Whoever runs the jobs registers it: a second one beside each api would only take its place.
      enabled: !production && values.ROLE !== 'api' && (values.DEMO_SERVER ?? true),
      port: values.DEMO_PORT,
    },
    packages: {
      // Each process would run one of its own for a server, on files of its own.
      enabled: values.PACKAGES_ENABLED ?? (values.ROLE === 'all' && values.REDIS_URL === undefined),
      registry: values.PACKAGES_REGISTRY,
      npmEnvironment: npmEnvironmentOf(environment),
    },
    metrics: { port: values.METRICS_PORT, host: values.METRICS_HOST, token: values.METRICS_TOKEN },
    tracing: {
      endpoint: values.OTEL_EXPORTER_OTLP_ENDPOINT,
      headers: values.OTEL_EXPORTER_OTLP_HEADERS,
      serviceName: values.OTEL_SERVICE_NAME,
      ratio: values.OTEL_TRACES_SAMPLER_ARG,
    },
    log: {
      level: values.LOG_LEVEL,
      format: values.LOG_FORMAT ?? (production ? 'json' : 'pretty'),
      secrets: secretsOf(values),
    },
  });
}

/** Where npm is, which registry it has, and how it gets there from here; no package gets this. */
function npmEnvironmentOf(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const names = ['HOME', 'NPM_CONFIG_REGISTRY', 'NPM_CONFIG_USERCONFIG', 'NPM_CONFIG_GLOBALCONFIG'];
  names.push('NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY');
  const given = names.flatMap((name) => {
    const value = environment[name] ?? environment[name.toLowerCase()];
    return value ? [[name, value] as const] : [];
  });
  return { PATH: environment.PATH ?? '/usr/local/bin:/usr/bin:/bin', ...Object.fromEntries(given) };
}

function parse(environment: Readonly<Record<string, string | undefined>>) {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS) as [SettingName, Setting][]) {
    const given = environment[name];
    // An empty variable is how compose files say "unset".
    const text = given === undefined || given === '' ? setting.preset : given;
    if (text === undefined) continue;
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else problems.push(`${name}: ${parsed.error.issues.map((issue) => issue.message).join('; ')}. ${setting.about}`);
  }
  return { values: values as Values, problems };
}

function missingInProduction(values: Values): string[] {
  const needed = ['SECRET_KEY', 'PUBLIC_URL', 'SMTP_URL'] as const;
  return needed
    .filter((name) => !values[name])
    .map((name) => `${name}: needed when NODE_ENV is production. ${SETTINGS[name].about}`);
}

function s3Problems({ S3_BUCKET, S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: Values): string[] {
  const others = { S3_ENDPOINT, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY };
  const given = Object.entries(others).find(([, value]) => value !== undefined);
  if (!S3_BUCKET && given) return [`S3_BUCKET: needed by ${given[0]}.`];
  if ((S3_ACCESS_KEY_ID === undefined) === (S3_SECRET_ACCESS_KEY === undefined)) return [];
  return ['S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: set both or none.'];
}

function s3Of(values: Values) {
  const { S3_BUCKET: bucket, S3_ENDPOINT: endpoint, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  if (bucket === undefined) return undefined;
  const hasKeys = S3_ACCESS_KEY_ID !== undefined && S3_SECRET_ACCESS_KEY !== undefined;
  return {
    bucket,
    endpoint,
    region: values.S3_REGION,
    credentials: hasKeys ? { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY } : undefined,
    prefix: values.S3_PREFIX,
    pathStyle: values.S3_PATH_STYLE ?? endpoint !== undefined,
  };
}

/** Everything that a setting marked secret holds; of an address only the password is one. */
function secretsOf(values: Values): string[] {
  return (Object.keys(SETTINGS) as SettingName[])
    .filter((name) => (SETTINGS[name] as Setting).secret)
    .flatMap((name) => secretsIn(values[name]));
}

function secretsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(secretsIn);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(secretsIn);
  if (typeof value !== 'string') return [];
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? URL.parse(value) : null;
  if (!url) return [value];
  return [url.password, decoded(url.password)].filter((password) => password !== '');
}

/** What looks like an address may be a secret of another form. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
