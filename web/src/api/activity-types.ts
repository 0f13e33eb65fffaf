export interface DayCount {
  /** `2026-11-22`, UTC. */
  date: string;
  succeeded: number;
  failed: number;
}

export interface ActivityStats {
  days: DayCount[];
  calls: DayCount[];
  actions: { action: string; count: number }[];
  actors: { id: string; name: string; count: number }[];
}
