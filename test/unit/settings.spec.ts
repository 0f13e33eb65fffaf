import { SETTINGS } from '../../src/platform/config/settings.js';
import { read } from './house/sources.js';

/** Of the containers beside ours; no setting of the product. */
const OF_OTHER_CONTAINERS = ['POSTGRES_USER', 'POSTGRES_DB', 'POSTGRES_PASSWORD'];

/** In a compose file: keys of `environment`, which are written in capitals, and `${NAME}`. */
const inCompose = (text: string) => [
  ...[...text.matchAll(/^\s+([A-Z][A-Z0-9_]+):/gm)].map(([, name]) => name),
  ...[...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name),
];
const inDockerfile = (text: string) => [
  ...[...text.matchAll(/^(?:ENV|ARG) +((?:[^\n]*\\\n)*[^\n]*)/gm)].flatMap(([, set = '']) =>
    [...set.matchAll(/([A-Z][A-Z0-9_]*)=/g)].map(([, name]) => name),
  ),
  ...[...text.matchAll(/process\.env\.([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name),
];
const inEnvFile = (text: string) => [...text.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=/gm)].map(([, name]) => name);

describe('every variable that is set', () => {
  test.each([
    ['docker-compose.yml', inCompose],
    ['Dockerfile', inDockerfile],
    ['example.env', inEnvFile],
  ])('in %s is a setting', (file, find) => {
    const names = new Set(find(read(file)));
    expect(names.size).toBeGreaterThan(0);
    const known = [...Object.keys(SETTINGS), ...OF_OTHER_CONTAINERS];
    expect([...names].filter((name) => name === undefined || !known.includes(name))).toEqual([]);
  });
});
