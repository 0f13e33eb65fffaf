import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { firstFailures } from './failures.mjs';
import { recentNode, ROOT } from './node.mjs';

const KEPT = 400_000;
const LINGER_MS = 20_000;

/** @typedef {{ name: string, args: string[], env?: Record<string, string>, show?: 'always' | 'after' | 'on failure', deadlineMs?: number, report?: string }} Step */

/**
 * Runs Node with arguments, and prints one line when it is done, with what failed; its output follows when it fails, or as `show`
 * says. Once the file `report` is written it has little time left to end: what still runs then was left open, and would run until
 * the deadline.
 * @param {Step} step
 * @returns {Promise<{ name: string, passed: boolean, output: string, report?: string }>}
 */
export async function runStep({ name, args, env = {}, show = 'on failure', deadlineMs = 10 * 60_000, report }) {
  const began = performance.now();
  const child = spawn(recentNode(), args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', ...(show === 'always' ? ['inherit', 'inherit'] : ['pipe', 'pipe'])],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-KEPT);
    });
  }
  let remark = '';
  const end = (why) => {
    remark = why;
    child.kill('SIGKILL');
    // Processes that it left behind may hold these open.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  const timers = [setTimeout(() => end(`It took longer than ${deadlineMs / 1000} s.`), deadlineMs)];
  const look = setInterval(() => {
    if (!report || !existsSync(report)) return;
    clearInterval(look);
    timers.push(setTimeout(() => end('It was done, but did not end: something was left open.'), LINGER_MS));
  }, 1_000);
  const passed = await new Promise((done) => {
    child.on('error', (error) => {
      output += error.message;
      done(false);
    });
    child.on('close', (code) => done(code === 0));
  });
  clearInterval(look);
  for (const timer of timers) clearTimeout(timer);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(14)} ${seconds.padStart(6)} s`);
  if (remark) console.log(`${name}: ${remark}`);
  const failures = passed ? '' : firstFailures(report);
  if (failures) console.log(failures);
  if ((!passed || show === 'after') && output) console.log(output.trimEnd());
  return { name, passed, output, report };
}

/** @param {Step[]} steps @param {number} lanes how many run at a time */
export async function runSteps(steps, lanes) {
  const waiting = [...steps];
  const results = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await runStep(step));
  };
  await Promise.all(Array.from({ length: Math.min(lanes, steps.length) }, lane));
  return results;
}
