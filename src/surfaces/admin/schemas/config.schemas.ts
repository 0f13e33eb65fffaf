import { z } from 'zod';
import type { Config } from '../../../platform/config/config.js';

export const ConfigView = z
  .object({
    version: z.string(),
    environment: z.enum(['development', 'production']),
    role: z.enum(['all', 'api', 'worker']).meta({ description: 'Of the process that answers.' }),
    public_url: z.string().nullable(),
    features: z.object({
      mail: z.enum(['smtp', 'development_mailbox']),
      storage: z.enum(['files', 's3']),
      redis: z.boolean(),
      tracing: z.boolean(),
      metrics: z.boolean(),
      demo_server: z.boolean(),
      backups: z.boolean(),
      models: z.array(z.string()),
    }),
    limits: z
      .object({
        requests_per_minute: z.int(),
        sign_in_requests_per_minute: z.int(),
        user_requests_per_minute: z.int(),
        key_requests_per_minute: z.int(),
        socket_frames_per_second: z.int(),
        sockets_per_user: z.int(),
        request_log_body_bytes: z.int(),
        session_tokens: z.number().nullable(),
        organization_tokens_per_day: z.number().nullable(),
        instance_tokens_per_day: z.number().nullable(),
      })
      .meta({ description: '0 is no limit; of request_log_body_bytes: none are kept.' }),
    policies: z.object({
      default_approval_policy: z.string(),
      default_plan: z.string(),
      access_token_seconds: z.int(),
      refresh_token_seconds: z.int(),
      one_time_code_seconds: z.int(),
      key_rotation_days: z.number(),
      egress_to_loopback: z.enum(['allowed', 'refused']),
    }),
    retention_days: z
      .object({ events: z.int(), artifacts: z.int(), request_log: z.int(), activity: z.int() })
      .meta({ description: '0 keeps them for ever.' }),
  })
  .meta({ id: 'Config' });

/** What an operator may know: nothing that is secret, and no address that a setting names. */
export const toConfigView = (
  config: Config,
  version: string,
  models: readonly string[],
): z.infer<typeof ConfigView> => ({
  version,
  environment: config.production ? 'production' : 'development',
  role: config.role,
  public_url: config.http.publicUrl ?? null,
  features: {
    mail: config.mail.smtpUrl === undefined ? 'development_mailbox' : 'smtp',
    storage: config.artifacts.s3 === undefined ? 'files' : 's3',
    redis: config.redis.url !== undefined,
    tracing: config.tracing.endpoint !== undefined,
    metrics: config.metrics.port !== undefined || config.metrics.token !== undefined,
    demo_server: config.demo.enabled,
    backups: config.backups.folder !== undefined,
    models: [...models],
  },
  limits: {
    requests_per_minute: config.rateLimits.perMinute,
    sign_in_requests_per_minute: config.rateLimits.authPerMinute,
    user_requests_per_minute: config.rateLimits.userPerMinute,
    key_requests_per_minute: config.rateLimits.keyPerMinute,
    socket_frames_per_second: config.rateLimits.framesPerSecond,
    sockets_per_user: config.rateLimits.socketsPerUser,
    request_log_body_bytes: config.requestLog.bodyBytes,
    session_tokens: config.budgets.session.tokens ?? null,
    organization_tokens_per_day: config.budgets.organization.tokens ?? null,
    instance_tokens_per_day: config.budgets.instance.tokens ?? null,
  },
  policies: {
    default_approval_policy: 'require_approval_all',
    default_plan: config.defaultPlan,
    access_token_seconds: config.tokens.accessSeconds,
    refresh_token_seconds: config.tokens.refreshSeconds,
    one_time_code_seconds: config.oneTimeCodes.lifetimeSeconds,
    key_rotation_days: config.keys.rotationDays,
    egress_to_loopback: config.egress.loopback,
  },
  retention_days: {
    events: config.retention.eventsDays,
    artifacts: config.retention.artifactsDays,
    request_log: config.retention.requestLogDays,
    activity: config.retention.activityDays,
  },
});
