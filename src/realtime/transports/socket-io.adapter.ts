import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { MAX_FRAME_BYTES } from '@app/session-protocol';
import type { Server, ServerOptions } from 'socket.io';

/** Nest's socket.io with our limits, sharing the HTTP server's upgrades with the raw WebSocket transport. */
export class SocketIoAdapter extends IoAdapter {
  constructor(app: INestApplicationContext) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const ours: Partial<ServerOptions> = {
      path: '/socket.io/',
      // Else engine.io ends every upgrade that it does not answer itself.
      destroyUpgrade: false,
      maxHttpBufferSize: MAX_FRAME_BYTES,
      serveClient: false,
      // A namespace is made for any name that a stranger asks for: without clients it goes again.
      cleanupEmptyChildNamespaces: true,
      pingInterval: 15_000,
      pingTimeout: 20_000,
      connectTimeout: 15_000,
    };
    const server = super.createIOServer(port, { ...options, ...ours } as ServerOptions);
    // Else anybody stays connected to the main namespace, which socket.io opens to all.
    server.use((_socket, next) => next(new Error('There is nothing here: connect to /ws/server/{id}.')));
    return server;
  }
}
