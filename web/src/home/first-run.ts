import { create } from 'zustand';

export const FIRST_RUN = ['signed-in', 'server', 'ask', 'approve', 'file'] as const;
export type FirstRunStep = (typeof FIRST_RUN)[number];

interface FirstRun {
  done: Partial<Record<FirstRunStep, true>>;
  dismissed: boolean;
}

const KEY = 'switchyard.first-run.me';

function stored(): FirstRun {
  try {
    const raw = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<FirstRun>;
    return { done: raw.done ?? {}, dismissed: raw.dismissed === true };
  } catch {
    return { done: {}, dismissed: false };
  }
}

export const useFirstRun = create<FirstRun>(stored);

function save(change: Partial<FirstRun>): void {
  useFirstRun.setState(change);
  localStorage.setItem(KEY, JSON.stringify(useFirstRun.getState()));
}

export function tick(step: FirstRunStep): void {
  const { done } = useFirstRun.getState();
  if (!done[step]) save({ done: { ...done, [step]: true } });
}

export function dismissFirstRun(dismissed: boolean): void {
  save({ dismissed });
}
