import { Injectable } from '@nestjs/common';
import { LabelCap } from '../../platform/metrics/label-cap.js';
import { Metrics } from '../../platform/metrics/metrics.js';
import type { ToolOutcome } from './tool-outcome.js';

/** Each is a line for each outcome and bucket: about fifty thousand lines at most. */
const MOST_TOOLS = 500;

/** How long calls take, by tool. */
@Injectable()
export class CallMetrics {
  private readonly tools = new LabelCap(['server', 'tool'], MOST_TOOLS);
  private readonly durations;

  constructor(metrics: Metrics) {
    this.durations = metrics.durations({
      name: 'app_mcp_call_duration_seconds',
      help: `How long calls of tools took; beyond ${MOST_TOOLS} tools they are "other".`,
      labels: ['server', 'tool', 'outcome'],
    });
  }

  seen(server: string, tool: string, outcome: ToolOutcome['status'], durationMs: number): void {
    this.durations.observe({ ...this.tools.of({ server, tool }), outcome }, durationMs / 1_000);
  }
}
