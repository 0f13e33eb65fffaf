import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface ProcessFacts {
  parent: number;
  /** With the pid it names one process for good: pids are given out again, the pair is not. */
  startedAt: string;
  command: string;
}

/** What is known of a living process. One that ended but was never collected (a zombie) counts as gone. */
export async function findProcess(pid: number): Promise<ProcessFacts | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Whether the kernel still knows the pid, whoever has it now. */
export function isPidTaken(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** proc(5): the name stands in parentheses and may itself hold some; then state, ppid, …, starttime (field 22). */
async function fromProc(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const [stat, command] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    return { parent: Number(parent), startedAt: fields[19] ?? '', command: command.replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

async function fromPs(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const columns = ['stat=', 'ppid=', 'lstart=', 'command='].flatMap((column) => ['-o', column]);
    const { stdout } = await execute('ps', ['-ww', '-p', String(pid), ...columns], { timeout: 5_000 });
    const [, state, parent, startedAt, command] = /^(\S+)\s+(\d+)\s+((?:\S+\s+){5})(.*)$/s.exec(stdout.trim()) ?? [];
    if (!state || state.startsWith('Z') || !startedAt || command === undefined) return undefined;
    return { parent: Number(parent), startedAt: startedAt.trim(), command };
  } catch {
    return undefined;
  }
}
