import { create } from 'zustand';

export const THEMES = ['ink', 'paper', 'contrast', 'signal'] as const;
export type Theme = (typeof THEMES)[number];
export const DENSITIES = ['compact', 'roomy'] as const;
export type Density = (typeof DENSITIES)[number];
export const PLAN_VIEWS = ['graph', 'list', 'timeline'] as const;
export type PlanView = (typeof PLAN_VIEWS)[number];

/** How the page looks; belongs to the browser, not to the person, and outlives a sign-out. */
export interface Look {
  theme: Theme;
  density: Density;
  /** Face of the agent's prose. */
  reading: 'mono' | 'sans';
  planView: PlanView;
  times: boolean;
  seq: boolean;
}

const KEY = 'switchyard.look';
const DEFAULTS: Look = {
  theme: (document.documentElement.dataset.theme as Theme | undefined) ?? 'ink',
  density: 'compact',
  reading: 'mono',
  planView: 'graph',
  times: false,
  seq: false,
};

function stored(): Partial<Look> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Look>;
  } catch {
    return {};
  }
}

export const useLook = create<Look>(() => ({ ...DEFAULTS, ...stored() }));

export function setLook(change: Partial<Look>): void {
  useLook.setState(change);
  const look = useLook.getState();
  localStorage.setItem(KEY, JSON.stringify(look));
  document.documentElement.dataset.theme = look.theme;
  document.documentElement.dataset.density = look.density;
  document.documentElement.dataset.reading = look.reading;
}
