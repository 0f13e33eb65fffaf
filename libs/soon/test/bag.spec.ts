import fc from 'fast-check';
import { Bag, NOWHERE } from '../src/bag.js';

const steps = fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(9) }), { maxLength: 60 });

test('a bag holds what a set would hold, whatever comes and goes', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const members = Array.from({ length: 10 }, (_, name) => ({ name, slot: NOWHERE }));
      const bag = new Bag<(typeof members)[number]>();
      const set = new Set<(typeof members)[number]>();
      for (const { adds, which } of all) {
        const member = members[which];
        if (!member) continue;
        if (adds) bag.add(member);
        else expect(bag.remove(member)).toBe(set.has(member));
        if (adds) set.add(member);
        else set.delete(member);
        expect(bag.size).toBe(set.size);
      }
      expect(new Set(bag)).toEqual(set);
    }),
  );
});

test('members may leave while all are looked at', () => {
  const members = Array.from({ length: 5 }, () => ({ slot: NOWHERE }));
  const bag = new Bag<(typeof members)[number]>();
  for (const member of members) bag.add(member);
  const seen = [...bag].length;
  for (const member of bag) bag.remove(member);
  expect([seen, bag.size]).toEqual([5, 0]);
});
