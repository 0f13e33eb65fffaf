import { spawn } from 'node:child_process';
import { recentNode, ROOT } from './node.mjs';

const KEPT = 400_000;

/** @typedef {{ name: string, args: string[], env?: Record<string, string>, show?: 'always' | 'on failure', deadlineMs?: number }} Step */

/**
 * Runs Node with arguments, and prints one line when it is done; its output is shown when it fails.
 * @param {Step} step
 * @returns {Promise<{ name: string, passed: boolean, output: string }>}
 */
export async function runStep({ name, args, env = {}, show = 'on failure', deadlineMs = 10 * 60_000 }) {
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
  const timer = setTimeout(() => {
    output += `\nEnded after ${deadlineMs / 1000} s.\n`;
    child.kill('SIGKILL');
  }, deadlineMs);
  const passed = await new Promise((done) => {
    child.on('error', (error) => {
      output += error.message;
      done(false);
    });
    child.on('close', (code) => done(code === 0));
  });
  clearTimeout(timer);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(14)} ${seconds.padStart(6)} s`);
  if (!passed && output) console.log(output.trimEnd());
  return { name, passed, output };
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
