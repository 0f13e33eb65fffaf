import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineWriter } from './line-writer.js';

describe('the writer of lines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  let made = 0;
  function openPipe() {
    const path = join(folder, `pipe-${(made += 1)}`);
    execFileSync('mkfifo', [path]);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { reader, fd: openSync(path, constants.O_WRONLY) };
  }
  function readAll(reader: number): string {
    const chunk = Buffer.alloc(1024 * 1024);
    let text = '';
    for (;;) {
      try {
        const bytes = readSync(reader, chunk);
        if (bytes === 0) return text;
        text += chunk.toString('utf8', 0, bytes);
      } catch {
        return text;
      }
    }
  }

  it('writes lines in their order, in one piece', () => {
    const { reader, fd } = openPipe();
    const writer = new LineWriter(fd);
    for (let line = 0; line < 1_000; line += 1) writer.write(`${line}\n`);
    expect(readAll(reader)).toBe('');
    writer.flush();
    expect(readAll(reader).split('\n').slice(0, -1).map(Number)).toEqual(
      Array.from({ length: 1_000 }, (_, line) => line),
    );
    writer.close();
    for (const one of [fd, reader]) closeSync(one);
  });

  it('is not held up by a reader that stands still, keeps a bounded amount and says what it dropped', () => {
    const { reader, fd } = openPipe();
    const writer = new LineWriter(fd, { mostBytes: 200_000, describeDropped: (lines) => `${lines} dropped\n` });
    const line = `${'x'.repeat(999)}\n`;
    for (let written = 0; written < 2_000; written += 1) writer.write(line);
    const started = performance.now();
    writer.flushAtEnd();
    expect(performance.now() - started).toBeLessThan(5_000);
    let text = readAll(reader);
    writer.flush();
    text += readAll(reader);
    writer.write('last\n');
    for (let more = 1; more > 0;) {
      writer.flush();
      const read = readAll(reader);
      text += read;
      more = read.length;
    }
    const lines = text.split('\n').slice(0, -1);
    const whole = lines.filter((one) => one === line.slice(0, -1)).length;
    expect(whole).toBeGreaterThan(200);
    expect(whole).toBeLessThan(500);
    expect(lines.slice(-2)).toEqual([`${2_000 - whole} dropped`, 'last']);
    writer.close();
    for (const one of [fd, reader]) closeSync(one);
  });

  it('goes on when nobody reads any more', () => {
    const { reader, fd } = openPipe();
    const writer = new LineWriter(fd);
    closeSync(reader);
    writer.write('lost\n');
    expect(() => writer.flush()).not.toThrow();
    writer.close();
    closeSync(fd);
  });

  it('writes to a file by itself, and what is left at the end', async () => {
    const path = join(folder, 'file');
    const fd = openSync(path, 'w');
    const writer = new LineWriter(fd);
    writer.write('one\n');
    for (const giveUpAt = Date.now() + 10_000; readFileSync(path, 'utf8') === '' && Date.now() < giveUpAt;) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    writer.write('two\n');
    writer.flushAtEnd();
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
    writer.close();
    closeSync(fd);
  });
});
