import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../../..');
const FAILED = {
  numPassedTests: 2,
  numFailedTests: 1,
  numRuntimeErrorTestSuites: 1,
  numPendingTests: 0,
  numTodoTests: 0,
  numTotalTests: 3,
  success: false,
  testResults: [
    {
      name: join(ROOT, 'test/e2e/ping.spec.ts'),
      status: 'failed',
      message: '',
      assertionResults: [
        { status: 'passed', fullName: 'ping answers', failureMessages: [] },
        {
          status: 'failed',
          fullName: 'ping comes once',
          failureMessages: ['\u001b[31mExpected 1\u001b[39m\n  at ping'],
        },
      ],
    },
    { name: join(ROOT, 'test/e2e/pong.spec.ts'), status: 'failed', message: 'no such module', assertionResults: [] },
  ],
};

describe('the end of a run of the tests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchyard-reports-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const ending = () => spawnSync(process.execPath, ['scripts/totals.mjs', folder], { cwd: ROOT, encoding: 'utf8' });

  it('names each test and each file that failed before the sum in the last line', () => {
    writeFileSync(join(folder, 'e2e.json'), JSON.stringify(FAILED));
    const { status, stdout } = ending();
    expect(status).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '  ● test/e2e/ping.spec.ts › ping comes once',
      '  ● test/e2e/pong.spec.ts could not run',
      '2 passed, 2 failed, 0 skipped',
    ]);
  });

  it('counts half of a report as one failure', () => {
    writeFileSync(join(folder, 'e2e.json'), '{"testResults": [');
    expect(ending()).toMatchObject({ status: 1, stdout: '0 passed, 1 failed, 0 skipped\n' });
  });

  it('tells what failed, and why, before the rest of what a suite printed', () => {
    writeFileSync(join(folder, 'e2e.json'), JSON.stringify(FAILED));
    const step = {
      name: 'e2e',
      args: ['-e', 'console.log("PASS of others"); process.exit(1)'],
      report: join(folder, 'e2e.json'),
    };
    const script = `import { runStep } from './scripts/lib/steps.mjs'; await runStep(${JSON.stringify(step)});`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    expect(printed.replace(/[\d.]+ s/, '')).toMatch(
      /^FAIL e2e\s+● \S+ › ping comes once\n\s+Expected 1\n\s+at ping\n\s+● \S+ could not run\n\s+no such module\nPASS of others\n$/,
    );
  });
});
