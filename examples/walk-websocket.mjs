// The whole main job over a raw WebSocket: sign in, open the demo server, ask, approve, download the report.
//   node examples/walk-websocket.mjs [http://localhost:8080]
import { openRawSession } from './lib/raw-session.mjs';
import { walk } from './lib/walk.mjs';

await walk(process.argv[2] ?? 'http://localhost:8080', openRawSession);
