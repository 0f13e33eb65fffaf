const COUNTED = { SUCCESS: 'passed', FAILURE: 'failed', WARNING: 'warned' };

export function countOf(checks) {
  const count = { passed: 0, failed: 0, warned: 0 };
  for (const { status } of checks) if (status in COUNTED) count[COUNTED[status]] += 1;
  return count;
}

const figures = ({ passed, failed, warned }) =>
  `${String(passed).padStart(4)} passed ${String(failed).padStart(3)} failed ${String(warned).padStart(3)} warned`;

const keyOf = ({ scenario, id, name }) => `${scenario} · ${id} · ${name}`;

/** How often each check has this status: the same check may be made of several things. */
function timesOf(checks, status) {
  const times = new Map();
  for (const check of checks) {
    if (check.status === status) times.set(keyOf(check), (times.get(keyOf(check)) ?? 0) + 1);
  }
  return times;
}

const exceeding = (more, less) => [...more].filter(([key, count]) => count > (less.get(key) ?? 0)).map(([key]) => key);

/**
 * Prints both counts, and each check that does less well through the gateway than alone.
 * @returns how many fail only through it: what is only warned of, or was not looked at, is shown
 */
export function compare(name, { checks: alone }, { checks: through }) {
  console.log(`${name}\n  alone    ${figures(countOf(alone))}\n  through  ${figures(countOf(through))}`);
  const failures = exceeding(timesOf(through, 'FAILURE'), timesOf(alone, 'FAILURE'));
  const warnings = exceeding(timesOf(through, 'WARNING'), timesOf(alone, 'WARNING'));
  const lost = exceeding(timesOf(alone, 'SUCCESS'), timesOf(through, 'SUCCESS'));
  const told = new Set([...failures, ...warnings]);
  const messages = new Map(through.map((check) => [keyOf(check), check.message]));
  const show = (sign, keys) => {
    for (const key of keys) console.log(`  ${sign} ${key}${messageOf(messages.get(key))}`);
  };
  show('FAIL    ', failures);
  show('warned  ', warnings);
  show(
    'unseen  ',
    lost.filter((key) => !told.has(key)),
  );
  return failures.length;
}

/**
 * Prints the count, and each failure. A scenario in which nothing was looked at fails, unless `mayBeEmpty`.
 * @returns how many failures there are in scenarios that must hold
 */
export function tell(name, { scenarios, checks }, { mayFail = [], mayBeEmpty = false } = {}) {
  console.log(`${name}\n  checks   ${figures(countOf(checks))}`);
  const looked = new Set(checks.filter(({ status }) => status in COUNTED).map(({ scenario }) => scenario));
  const empty = mayBeEmpty ? [] : scenarios.filter((scenario) => !looked.has(scenario));
  const failures = checks
    .filter(({ status }) => status === 'FAILURE')
    .concat(empty.map((scenario) => ({ scenario, id: 'nothing', name: 'was checked' })));
  const broken = new Set(failures.map(({ scenario }) => scenario));
  console.log(`  scenarios ${scenarios.length - broken.size} of ${scenarios.length} without a failure`);
  for (const check of failures) {
    const sign = mayFail.includes(check.scenario) ? 'may fail' : 'FAIL    ';
    console.log(`  ${sign} ${keyOf(check)}${messageOf(check.message)}`);
  }
  return failures.filter(({ scenario }) => !mayFail.includes(scenario)).length;
}

const messageOf = (message) => (message ? `: ${message.replace(/\s+/g, ' ').slice(0, 300)}` : '');
