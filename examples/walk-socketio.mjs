// The whole main job over socket.io: sign in, open the demo server, ask, approve, download the report.
//   node examples/walk-socketio.mjs [http://localhost:8080]
import { openSocketIoSession } from './lib/socketio-session.mjs';
import { walk } from './lib/walk.mjs';

await walk(process.argv[2] ?? 'http://localhost:8080', openSocketIoSession);
