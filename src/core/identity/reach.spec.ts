import { newId } from '../../platform/ids.js';
import { reachesServer, reachesTool, reachesWholeServer, toReach } from './reach.js';

const notes = newId('mcp');
const files = newId('mcp');
const other = newId('mcp');
const limited = {
  reach: toReach([
    { serverId: notes, tool: 'read' },
    { serverId: notes, tool: 'list' },
    { serverId: files, tool: '*' },
  ]),
};

test('a credential without limits reaches everything', () => {
  expect(reachesTool({}, other, 'anything')).toBe(true);
  expect(reachesWholeServer({}, other)).toBe(true);
  expect(reachesServer({}, other)).toBe(true);
});

test('named tools are reached, and no others of their server', () => {
  expect(reachesTool(limited, notes, 'read')).toBe(true);
  expect(reachesTool(limited, notes, 'list')).toBe(true);
  expect(reachesTool(limited, notes, 'delete')).toBe(false);
  expect(reachesWholeServer(limited, notes)).toBe(false);
  expect(reachesServer(limited, notes)).toBe(true);
});

test('a star reaches all of its server', () => {
  expect(reachesTool(limited, files, 'whatever came later')).toBe(true);
  expect(reachesWholeServer(limited, files)).toBe(true);
});

test('nothing is reached of a server that is not named, nor with an empty list', () => {
  expect(reachesTool(limited, other, 'read')).toBe(false);
  expect(reachesWholeServer(limited, other)).toBe(false);
  expect(reachesServer(limited, other)).toBe(false);
  expect(reachesTool({ reach: toReach([]) }, notes, 'read')).toBe(false);
});

test('it is the same after it was written down', () => {
  const again = JSON.parse(JSON.stringify(limited)) as typeof limited;
  expect(reachesTool(again, notes, 'read')).toBe(true);
  expect(reachesTool(again, notes, 'delete')).toBe(false);
  expect(reachesTool(again, other, 'read')).toBe(false);
  expect(reachesWholeServer(again, files)).toBe(true);
});
