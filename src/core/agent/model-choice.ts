import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Hints } from '../../platform/hints/hints.js';
import { modelNotOffered } from './agent.errors.js';
import type { ModelFailure } from './language-model.port.js';
import { LanguageModels, type OfferedModel } from './language-models.port.js';

const TOPIC = 'model-rests';
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 300_000;

/** Failures of the provider, which another provider need not share. */
const PASSING_ON: readonly ModelFailure['code'][] = [
  'MODEL_RATE_LIMITED',
  'MODEL_UNAVAILABLE',
  'MODEL_TIMEOUT',
  'MODEL_CUT_OFF',
  'MODEL_KEY_REJECTED',
];

const WHY: Partial<Record<ModelFailure['code'], string>> = {
  MODEL_RATE_LIMITED: 'its limit is reached',
  MODEL_TIMEOUT: 'it took too long to answer',
  MODEL_KEY_REJECTED: 'its API key was not accepted',
};

export interface Rest {
  until: Date;
  why: string;
}

interface RestHint {
  id: string;
  /** Nothing: it answers again. */
  until: string | null;
  why: string;
}

/** Which model is meant, and who stands in for it. Remembers who failed, so that a dead one is not asked each time. */
@Injectable()
export class ModelChoice implements OnModuleInit, OnApplicationShutdown {
  private readonly rests = new Map<string, Rest>();
  private readonly failures = new Map<string, number>();
  private unsubscribe: () => void = () => undefined;

  constructor(
    private readonly models: LanguageModels,
    private readonly hints: Hints,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.unsubscribe = this.hints.subscribe(TOPIC, (data) => this.learn(data as RestHint));
  }

  onApplicationShutdown(): void {
    this.unsubscribe();
  }

  get offered(): readonly OfferedModel[] {
    return this.models.offered;
  }

  get fallback(): readonly string[] {
    return this.models.fallback;
  }

  get byDefault(): OfferedModel {
    const [first] = this.models.offered;
    if (!first) throw new Error('There is no language model, not even the offline planner.');
    return first;
  }

  /** By its id; the default for none, and for one that is no longer offered. */
  resolve(id: string | null): OfferedModel {
    return this.models.offered.find((model) => model.id === id) ?? this.byDefault;
  }

  isOffered(id: string): boolean {
    return this.models.offered.some((model) => model.id === id);
  }

  /**
   * By its id, or by its name where that is one model's only.
   * @throws AppError MODEL_NOT_OFFERED
   */
  find(wanted: string): OfferedModel {
    const exact = this.models.offered.find(({ id }) => id === wanted);
    const named = this.models.offered.filter(({ name }) => name === wanted);
    const found = exact ?? (named.length === 1 ? named[0] : undefined);
    if (!found) throw modelNotOffered(this.models.offered.map(({ id }) => id));
    return found;
  }

  /** Whom to ask, one after another. Who rests is passed over, unless nobody else is there. */
  order(chosen: OfferedModel): OfferedModel[] {
    const standIns = this.models.fallback.filter((id) => id !== chosen.id).map((id) => this.resolve(id));
    const awake = [chosen, ...standIns].filter(({ id }) => !this.restOf(id));
    return awake.length > 0 ? awake : [chosen];
  }

  restOf(id: string): Rest | undefined {
    const rest = this.rests.get(id);
    return rest && rest.until > this.clock.now() ? rest : undefined;
  }

  answered({ id }: OfferedModel): void {
    if (!this.rests.has(id) && !this.failures.has(id)) return;
    this.failures.delete(id);
    this.hints.publish(TOPIC, { id, until: null, why: '' } satisfies RestHint);
  }

  /** @returns whether another model may be asked instead */
  failed({ id }: OfferedModel, failure: ModelFailure): boolean {
    if (!PASSING_ON.includes(failure.code)) return false;
    // One person's question must not take the model from everybody.
    if (failure.isOfRequest) return true;
    const times = (this.failures.get(id) ?? 0) + 1;
    this.failures.set(id, times);
    const wanted = failure.retryAfterMs ?? FIRST_REST_MS * 2 ** (times - 1);
    const until = new Date(this.clock.ms() + Math.min(wanted, LONGEST_REST_MS));
    const why = WHY[failure.code] ?? 'it is out of service';
    this.hints.publish(TOPIC, { id, until: until.toISOString(), why } satisfies RestHint);
    return true;
  }

  private learn({ id, until, why }: RestHint): void {
    if (!this.isOffered(id)) return;
    if (until === null) this.rests.delete(id);
    else this.rests.set(id, { until: new Date(until), why });
  }
}
