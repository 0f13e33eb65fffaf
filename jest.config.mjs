const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      swcrc: false,
      sourceMaps: 'inline',
      module: { type: 'commonjs' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true, dynamicImport: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
    },
  ],
};

const base = {
  testEnvironment: 'node',
  transform,
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json'],
  moduleNameMapper: {
    '^@app/([^/]+)/client$': '<rootDir>/libs/$1/src/client/index.ts',
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
};

const database = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

/** Packages are loaded once in a worker, not once for each file: see runtime.mjs. */
const sharedPackages = {
  testEnvironment: '<rootDir>/test/support/jest/environment.mjs',
  runtime: '<rootDir>/test/support/jest/runtime.mjs',
};

/** Much of these is waiting. A worker whose heap has grown is replaced, for its collections hold up what it measures. */
const twoWorkers = { maxWorkers: 2, workerIdleMemoryLimit: '900MB' };

/** Each suite is chosen by the place of its files, so that a test needs no list to be run. */
const suites = {
  unit: { roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/demo', '<rootDir>/test/unit'], ...sharedPackages },
  integration: { roots: ['<rootDir>/test/integration'], ...sharedPackages, ...twoWorkers, ...database },
  contracts: { roots: ['<rootDir>/test/contracts'], ...sharedPackages, ...twoWorkers, ...database },
  e2e: { roots: ['<rootDir>/test/e2e'], ...sharedPackages, ...twoWorkers, ...database },
  chaos: { roots: ['<rootDir>/test/chaos'], ...database },
  cluster: { roots: ['<rootDir>/test/cluster'], ...database },
  browser: { roots: ['<rootDir>/test/browser'], ...database },
};

const suite = process.env.SUITE ?? 'unit';
if (!(suite in suites)) throw new Error(`Unknown suite ${suite}; one of ${Object.keys(suites).join(', ')}.`);

export default { ...base, testRegex: '\\.spec\\.ts$', testTimeout: 30_000, ...suites[suite] };
