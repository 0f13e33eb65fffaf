import { DemoServer } from '../../core/registry/demo-server.port.js';

/** For production, and wherever it is turned off. */
export class AbsentDemoServer extends DemoServer {
  readonly enabled = false;

  url(): undefined {
    return undefined;
  }

  onListening(): () => void {
    return () => undefined;
  }
}
