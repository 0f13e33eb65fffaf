import fc from 'fast-check';
import { APPROVAL_POLICIES } from '../approvals/approval-policy.js';
import { type ImportOptions, planServer } from './import-plan.js';
import type { FileServer } from './server-file.js';

const policy = fc.constantFrom(...APPROVAL_POLICIES);
const tools = fc
  .uniqueArray(fc.constantFrom('read', 'write', 'delete'), { maxLength: 3 })
  .chain((names) =>
    fc
      .tuple(...names.map((name) => fc.option(policy).map((approval_policy) => ({ name, approval_policy }))))
      .map((all) => all.map((tool) => ({ ...tool, pin: 'a'.repeat(64), definition: { name: tool.name } }))),
  );
const server: fc.Arbitrary<FileServer> = fc.record({
  name: fc.constant('A server'),
  description: fc.option(fc.constantFrom('one', 'other')),
  url: fc.constantFrom('https://one.example/mcp', 'https://other.example/mcp'),
  transport: fc.constantFrom('auto', 'sse'),
  auth_method: fc.constantFrom('none', 'api_key'),
  client_features: fc.constantFrom<FileServer['client_features'][]>([], ['roots'], ['sampling', 'roots']),
  request_headers: fc.constantFrom<FileServer['request_headers'][]>({}, { 'X-Team': 'blue' }, { 'X-Token': null }),
  secret_id: fc.option(fc.constant('a-secret')),
  timeout_seconds: fc.constantFrom(30, 60),
  ssl_verify: fc.boolean(),
  approval_policy: policy,
  access: fc.constantFrom('organization', 'restricted'),
  url_is_whole: fc.constant(true),
  tools,
});
const tight: ImportOptions = { onConflict: 'update', allowLoosening: false };
const loose: ImportOptions = { onConflict: 'update', allowLoosening: true };
const plan = (given: FileServer, here: FileServer | undefined, options: ImportOptions) =>
  planServer(given, here && { server: here, isFixed: false }, () => false, options);
/** What a call of the tool needs: from most to least; the two in the middle are apart. */
const needs = (one: FileServer, name: string) =>
  one.tools.find((tool) => tool.name === name)?.approval_policy ?? one.approval_policy;
const isNoLooser = (before: string, after: string) =>
  before === after || after === 'require_approval_all' || before === 'auto_approve';

describe('the plan of an import', () => {
  it('without leave loosens nothing that is here, of the server or of a tool', () => {
    fc.assert(
      fc.property(server, server, (given, here) => {
        const { target } = plan(given, here, tight);
        expect(isNoLooser(here.approval_policy, target.approval_policy)).toBe(true);
        expect(here.ssl_verify && !target.ssl_verify).toBe(false);
        expect(here.client_features).toEqual(expect.arrayContaining(target.client_features ?? []));
        expect(here.access === 'restricted' && target.access === 'organization').toBe(false);
        const after = {
          ...target,
          tools: here.tools.map((tool) => target.tools.find(({ name }) => name === tool.name) ?? tool),
        };
        for (const { name } of here.tools) expect(isNoLooser(needs(here, name), needs(after, name))).toBe(true);
      }),
    );
  });

  it('with leave makes the server what the file says, and then finds nothing to do', () => {
    fc.assert(
      fc.property(server, server, (given, here) => {
        const { target, kept } = plan(given, here, loose);
        expect(kept).toEqual([]);
        expect(target.approval_policy).toBe(given.approval_policy);
        expect(plan(given, { ...target, request_headers: target.request_headers }, loose).action).toBe('same');
      }),
    );
  });

  it('says the same for each server again', () => {
    fc.assert(
      fc.property(server, server, (given, here) => {
        expect(plan(given, here, tight)).toEqual(plan(given, here, tight));
        expect(plan(here, here, tight).action).toBe('same');
      }),
    );
  });
});
