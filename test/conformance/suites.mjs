import { inRoot } from '../../scripts/lib/node.mjs';

const OLD = inRoot('node_modules/@modelcontextprotocol/conformance/dist/index.js');
const NEXT = inRoot('node_modules/mcp-conformance-next/dist/index.js');

/** `mayFail`: scenarios that need not hold. */
export const SERVER_SUITES = [
  { name: '0.1.16, all', program: OLD, args: ['--suite', 'all'] },
  { name: '0.2.0-alpha.12, 2025-11-25', program: NEXT, args: ['--requirements', '2025-11-25'] },
  { name: '0.2.0-alpha.12, 2026-07-28', program: NEXT, args: ['--requirements', '2026-07-28'] },
];

export const CLIENT_SUITES = [
  {
    name: '0.1.16, all',
    program: OLD,
    args: ['--suite', 'all'],
    mayFail: ['auth/cross-app-access-complete-flow'],
  },
  { name: '0.2.0-alpha.12, 2025-11-25', program: NEXT, args: ['--requirements', '2025-11-25'], isShownOnly: true },
  { name: '0.2.0-alpha.12, 2026-07-28', program: NEXT, args: ['--requirements', '2026-07-28'], isShownOnly: true },
];

export const AUTHORIZATION_SUITE = { name: '0.2.0-alpha.12', program: NEXT, args: [] };
