import type { Config } from '../../platform/config/config.js';

/** How much of each an organization may have; null is no limit. */
export interface PlanLimits {
  users: number | null;
  services: number | null;
  /** Of programs, between two midnights of UTC. */
  requestsPerDay: number | null;
}

export interface OrganizationPlan {
  id: PlanName;
  name: string;
  /** For people. */
  features: readonly string[];
  limits: PlanLimits;
}

export type PlanName = Config['defaultPlan'];

export const PLANS = {
  unlimited: {
    id: 'unlimited',
    name: 'Unlimited',
    features: ['Unlimited users', 'Unlimited MCP services', 'Unlimited requests'],
    limits: { users: null, services: null, requestsPerDay: null },
  },
  standard: {
    id: 'standard',
    name: 'Standard',
    features: ['5 users', '10 MCP services', '1000 requests/day'],
    limits: { users: 5, services: 10, requestsPerDay: 1_000 },
  },
} as const satisfies { [Name in PlanName]: OrganizationPlan & { id: Name } };

export const PLAN_NAMES = Object.keys(PLANS) as [PlanName, ...PlanName[]];

export const isPlanName = (text: string): text is PlanName => Object.hasOwn(PLANS, text);

/** Whether one more fits. */
export const hasRoom = (limit: number | null, used: number): boolean => limit === null || used < limit;
