import { Injectable } from '@nestjs/common';
import { type CheckResult, Readiness, type ReadinessReport } from '../../platform/health/readiness.js';
import { AppError } from '../../platform/errors/app-error.js';
import { ModelChoice } from '../agent/model-choice.js';
import { ArtifactStore } from '../artifacts/artifact-store.port.js';
import { CircuitBreakers, type CircuitState } from '../execution/circuit-breakers.js';
import { Mailer } from '../identity/mailer.port.js';
import type { Principal } from '../identity/principal.js';
import type { ServerStatus } from '../registry/server.js';
import { ServerAccess } from '../registry/server-access.service.js';

/** `degraded`: the product works, a part of it does not. */
export type ServiceStatus = 'healthy' | 'degraded' | 'unhealthy';

export interface ServiceHealth {
  name: string;
  status: ServiceStatus;
  /** What asking took; null where nobody was asked now. */
  latencyMs: number | null;
  /** For people. */
  message: string | null;
}

export interface UpstreamHealth {
  id: string;
  name: string;
  status: ServerStatus;
  /** Of the last check. */
  latencyMs: number | null;
  lastCheckedAt: Date | null;
  message: string | null;
  /** Whether this process lets calls of it out. */
  circuit: CircuitState;
}

export interface Health {
  status: ServiceStatus;
  services: ServiceHealth[];
  upstreams: UpstreamHealth[];
}

const CHECK_MS = 3_000;
/** What costs others something is not asked more often. */
const FRESH_MS = 10_000;
const MOST_UPSTREAMS = 100;
/** No file has it. */
const NO_KEY = 'health_probe';

/** Whether what the product needs answers. Why not goes into the log; an answer says what, in plain words. */
@Injectable()
export class HealthService {
  private last: { at: number; found: Promise<ServiceHealth[]> } | undefined;

  constructor(
    private readonly readiness: Readiness,
    private readonly store: ArtifactStore,
    private readonly mailer: Mailer,
    private readonly models: ModelChoice,
    private readonly servers: ServerAccess,
    private readonly circuits: CircuitBreakers,
  ) {}

  async get(principal: Principal): Promise<Health> {
    const [own, others, upstreams] = await Promise.all([
      this.readiness.report(),
      this.others(),
      this.servers.list(principal, { page: 1, size: MOST_UPSTREAMS }),
    ]);
    const services = [...ownServices(own), ...others];
    return {
      status: worst(services, own),
      services,
      upstreams: upstreams.items.map(({ id, name, status, latencyMs, lastCheckedAt, statusReason }) => ({
        id,
        name,
        status,
        latencyMs,
        lastCheckedAt,
        message: statusReason,
        circuit: this.circuits.stateOf(id),
      })),
    };
  }

  private others(): Promise<ServiceHealth[]> {
    const now = performance.now();
    if (!this.last || now - this.last.at >= FRESH_MS) {
      const found = Promise.all([
        ask('storage', () => this.askStore(), 'The file store does not answer.'),
        ask('mail', () => this.mailer.check(), 'The mail server does not answer, or not to us.'),
      ]);
      this.last = { at: now, found };
    }
    return this.last.found.then((found) => [...found, this.languageModel()]);
  }

  private async askStore(): Promise<void> {
    try {
      (await this.store.read(NO_KEY, { start: 0, end: 0 })).destroy();
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== 'gone') throw error;
    }
  }

  /** Asking it would cost money: what its last answers said has to do. */
  private languageModel(): ServiceHealth {
    const { byDefault } = this.models;
    const rest = this.models.restOf(byDefault.id);
    const message = rest ? `${byDefault.name} rests: ${rest.why}.` : byDefault.name;
    return { name: 'language_model', status: rest ? 'degraded' : 'healthy', latencyMs: null, message };
  }
}

const ownServices = ({ checks }: ReadinessReport): ServiceHealth[] =>
  Object.entries(checks).map(([name, { status, ms }]: [string, CheckResult]) => ({
    name,
    status: status === 'ok' ? 'healthy' : 'unhealthy',
    latencyMs: ms,
    message: status === 'ok' ? null : 'It does not answer as it should; the log says why.',
  }));

function worst(services: readonly ServiceHealth[], own: ReadinessReport): ServiceStatus {
  if (own.status === 'not_ready') return 'unhealthy';
  return services.every(({ status }) => status === 'healthy') ? 'healthy' : 'degraded';
}

async function ask(name: string, check: () => Promise<void>, otherwise: string): Promise<ServiceHealth> {
  const started = performance.now();
  const answer = (status: ServiceStatus, message: string | null) => ({
    name,
    status,
    latencyMs: Math.round(performance.now() - started),
    message,
  });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), CHECK_MS);
  });
  try {
    await Promise.race([check(), late]);
    return answer('healthy', null);
  } catch {
    return answer('unhealthy', otherwise);
  } finally {
    clearTimeout(timer);
  }
}
