import { SETTINGS } from '../../src/platform/config/settings.js';
import { read } from './house/sources.js';

/** Of the containers beside ours; no setting of the product. */
const OF_OTHER_CONTAINERS = /^(POSTGRES_(USER|DB|PASSWORD)|GF_[A-Z_]+)$/;

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
    const isKnown = (name = '') => Object.hasOwn(SETTINGS, name) || OF_OTHER_CONTAINERS.test(name);
    expect([...names].filter((name) => !isKnown(name))).toEqual([]);
  });
});
