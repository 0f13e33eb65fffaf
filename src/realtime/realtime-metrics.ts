import type { CloseReason } from '@app/session-protocol';
import { Injectable } from '@nestjs/common';
import { Metrics } from '../platform/metrics/metrics.js';

/** `client`: it said goodbye; `lost`: it was gone without a word; else why we closed. */
export type Ending = CloseReason | 'client' | 'lost';

/** Counts who is connected, and how it ended. */
@Injectable()
export class RealtimeMetrics {
  private readonly sessions;
  private readonly endings;
  private readonly replays;

  constructor(metrics: Metrics) {
    this.sessions = metrics.gauge({
      name: 'app_ws_sessions',
      help: 'Sockets that follow a session here.',
      labels: ['transport'],
    });
    this.endings = metrics.counter({
      name: 'app_ws_closed_total',
      help: 'Sockets that ended or were turned away, by reason.',
      labels: ['reason'],
    });
    this.replays = metrics.counter({
      name: 'app_ws_replay_events_total',
      help: 'Events sent to clients that came back.',
    });
    for (const transport of ['websocket', 'socketio']) this.sessions.set({ transport }, 0);
  }

  entered(transport: 'websocket' | 'socketio'): void {
    this.sessions.inc({ transport });
  }

  left(transport: 'websocket' | 'socketio', ending: Ending): void {
    this.sessions.dec({ transport });
    this.turnedAway(ending);
  }

  turnedAway(ending: Ending): void {
    this.endings.inc({ reason: ending });
  }

  replayed(events: number): void {
    this.replays.inc(events);
  }
}
