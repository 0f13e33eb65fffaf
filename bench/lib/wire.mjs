import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * A client in as few instructions as possible, so that the server is what is measured: frames are made by hand
 * (RFC 6455, masked with zeros), and what comes is cut at frame borders and read only when somebody wants it.
 */
export class Wire {
  bytes = Buffer.alloc(0);
  onText = () => undefined;
  onClose = () => undefined;

  /** @param onText told of each text frame, from the first on: its buffer, start and end */
  static open(url, onText = () => undefined) {
    const { hostname, port, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const wire = new Wire(socket);
      wire.onText = (data, start, end) => onText(data, start, end, wire);
      let head = Buffer.alloc(0);
      const onData = (chunk) => {
        head = Buffer.concat([head, chunk]);
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        const status = head.subarray(9, 12).toString();
        if (status !== '101') return reject(new Error(`The upgrade was answered: ${head.toString('latin1')}`));
        socket.off('data', onData);
        socket.on('data', (data) => wire.take(data));
        resolve(wire);
        if (head.length > end + 4) wire.take(head.subarray(end + 4));
      };
      socket.on('data', onData);
      socket.once('error', reject);
      socket.on('close', () => wire.onClose());
      const lines = [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${hostname}:${port}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        'Sec-WebSocket-Version: 13',
      ];
      socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
  }

  constructor(socket) {
    this.socket = socket;
  }

  send(text) {
    this.socket.write(encode(text));
  }

  close() {
    this.socket.destroy();
  }

  take(chunk) {
    const data = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
    let at = 0;
    while (data.length - at >= 2) {
      const opcode = data[at] & 0x0f;
      let length = data[at + 1] & 0x7f;
      let start = at + 2;
      if (length === 126) {
        if (data.length - at < 4) break;
        length = data.readUInt16BE(at + 2);
        start = at + 4;
      } else if (length === 127) {
        if (data.length - at < 10) break;
        length = Number(data.readBigUInt64BE(at + 2));
        start = at + 10;
      }
      if (data.length < start + length) break;
      if (opcode === 1) this.onText(data, start, start + length);
      else if (opcode === 9) this.socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
      else if (opcode === 8) this.closeCode = length >= 2 ? data.readUInt16BE(start) : 1005;
      at = start + length;
    }
    this.bytes = at === data.length ? EMPTY : Buffer.from(data.subarray(at));
  }
}

const EMPTY = Buffer.alloc(0);

/** One masked text frame; a mask of zeros leaves the bytes as they are. */
export function encode(text) {
  const body = Buffer.from(text);
  const long = body.length > 125;
  const head = Buffer.alloc(long ? 8 : 6);
  head[0] = 0x81;
  head[1] = 0x80 | (long ? 126 : body.length);
  if (long) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}
