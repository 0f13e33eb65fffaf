import { z } from 'zod';
import { CIRCUIT_STATES } from '../../../core/execution/circuit-breakers.js';
import type { CallFigures } from '../../../core/execution/request-figures.js';
import type { Dashboard } from '../../../core/overview/dashboard.service.js';
import type { Health, ServiceHealth } from '../../../core/overview/health.service.js';
import { SERVER_STATUSES, type ServerStatus } from '../../../core/registry/server.js';
import { ActivityEntryView, toActivityView } from './activity.schemas.js';

const calls = z.object({
  total: z.int(),
  failed: z.int(),
  error_rate: z.number().meta({ description: '0 to 1.' }),
  p50_ms: z.int().nullable(),
  p95_ms: z.int().nullable(),
});

export const DashboardView = z
  .object({
    servers: z.object({ total: z.int(), online: z.int(), offline: z.int(), error: z.int() }),
    tools: z.object({ total: z.int().meta({ description: 'Of the servers that you see.' }) }),
    approvals: z.object({ pending: z.int() }),
    users: z.object({ total: z.int() }),
    calls: z
      .object({ today: calls.meta({ description: 'Since midnight, UTC.' }), last_24h: calls })
      .meta({ description: 'Your own; for administrators those of all.' }),
    top_tools: z.array(
      z.object({
        server: z.object({ id: z.string(), name: z.string() }),
        tool: z.string(),
        calls: z.int(),
        failed: z.int(),
      }),
    ),
    recent_activity: z.array(ActivityEntryView).meta({ description: 'Empty for those who may not read it.' }),
  })
  .meta({ id: 'Dashboard' });

const STATUSES = ['healthy', 'degraded', 'unhealthy'] as const;

export const BasicHealthView = z.object({ status: z.literal('ok'), ts: z.iso.datetime() }).meta({ id: 'BasicHealth' });

const service = z.object({
  name: z.string(),
  status: z.enum(STATUSES),
  latency_ms: z.int().nullable().meta({ description: 'null: nobody was asked now.' }),
  message: z.string().nullable(),
});
const upstream = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(SERVER_STATUSES),
  latency_ms: z.int().nullable().meta({ description: 'Of the last check.' }),
  last_checked_at: z.iso.datetime().nullable(),
  message: z.string().nullable(),
  circuit: z.enum(CIRCUIT_STATES).meta({
    description: '`open`: calls to it are refused for some seconds, since it failed again and again.',
  }),
});

export const ServicesHealthView = z
  .object({ status: z.enum(STATUSES), services: z.array(service), upstream_servers: z.array(upstream) })
  .meta({ id: 'ServicesHealth' });

export const DetailedHealthView = z
  .object({
    status: z.enum(STATUSES),
    version: z.string(),
    uptime_seconds: z.int(),
    memory_bytes: z.int(),
    services: z.record(z.string(), z.enum(STATUSES)),
    upstream_servers: z.object({ total: z.int(), online: z.int(), offline: z.int(), error: z.int() }),
  })
  .meta({ id: 'DetailedHealth' });

export const toDashboardView = (found: Dashboard): z.infer<typeof DashboardView> => ({
  servers: countsOf(found.servers.map(({ status, servers }) => ({ status, count: servers }))),
  tools: { total: found.servers.reduce((sum, { tools }) => sum + tools, 0) },
  approvals: { pending: found.pendingApprovals },
  users: { total: found.users },
  calls: { today: toCalls(found.today), last_24h: toCalls(found.lastDay) },
  top_tools: found.topTools.map(({ server: { id, name }, tool, calls: total, failed }) => ({
    server: { id, name },
    tool,
    calls: total,
    failed,
  })),
  recent_activity: found.recentActivity.map(toActivityView),
});

const toCalls = ({ total, failed, p50Ms, p95Ms }: CallFigures): z.infer<typeof calls> => ({
  total,
  failed,
  error_rate: total === 0 ? 0 : failed / total,
  p50_ms: p50Ms,
  p95_ms: p95Ms,
});

function countsOf(counts: readonly { status: ServerStatus; count: number }[]) {
  const of = (status?: ServerStatus) =>
    counts.reduce((sum, one) => (status === undefined || one.status === status ? sum + one.count : sum), 0);
  return { total: of(), online: of('online'), offline: of('offline'), error: of('error') };
}

export const toServicesHealthView = (health: Health): z.infer<typeof ServicesHealthView> => ({
  status: health.status,
  services: health.services.map(toService),
  upstream_servers: health.upstreams.map((found) => ({
    id: found.id,
    name: found.name,
    status: found.status,
    latency_ms: found.latencyMs,
    last_checked_at: found.lastCheckedAt?.toISOString() ?? null,
    message: found.message,
    circuit: found.circuit,
  })),
});

const toService = ({ name, status, latencyMs, message }: ServiceHealth): z.infer<typeof service> => ({
  name,
  status,
  latency_ms: latencyMs,
  message,
});

export const toDetailedHealthView = (health: Health, version: string): z.infer<typeof DetailedHealthView> => ({
  status: health.status,
  version,
  uptime_seconds: Math.floor(process.uptime()),
  memory_bytes: process.memoryUsage.rss(),
  services: Object.fromEntries(health.services.map(({ name, status }) => [name, status])),
  upstream_servers: countsOf(health.upstreams.map(({ status }) => ({ status, count: 1 }))),
});
