import fc from 'fast-check';
import { ToolExecution } from '../platform/schemas/execution.schemas.js';
import { quickReader } from './quick-reader.js';

describe('the quick reader of bodies', () => {
  const read = quickReader(ToolExecution);

  it('reads a body as its schema does', () => {
    const body = { serviceId: 'mcp_1', toolName: 'echo', parameters: { message: { deep: [1] } }, timeout: 5 };
    expect(read(body)).toEqual(ToolExecution.parse(body));
    expect(read({ serviceId: 'mcp_1', toolName: 'echo' })).toMatchObject({ parameters: {} });
  });

  it('takes what the schema takes, and nothing else', () => {
    const word = fc.oneof(fc.string(), fc.string({ unit: 'grapheme', minLength: 120, maxLength: 260, size: 'max' }));
    const value = fc.oneof(word, fc.jsonValue());
    const body = fc.oneof(
      fc.record(
        {
          serviceId: value,
          toolName: value,
          parameters: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
          timeout: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer(), fc.jsonValue()),
          other: value,
        },
        { requiredKeys: [] },
      ),
      fc.record({ serviceId: word, toolName: word }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(body, (given) => {
        const expected = ToolExecution.safeParse(given);
        expect(read(structuredClone(given))).toEqual(expected.success ? expected.data : undefined);
      }),
      { numRuns: 2_000 },
    );
  });
});
