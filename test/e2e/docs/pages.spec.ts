import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf, codeIn, pages, proseOf, readPage, ROOT, tableBelow } from './markdown.js';

const LINK = /!?\[[^\]]*\]\(([^)\s]+)\)/g;
const FOLDERS = /^(src|libs|demo|web|test|examples|scripts|docs)\/[\w./-]+$/;
/** What only a build or a run makes. */
const MADE = /^(web\/)?dist(\/|$)/;

const headingsOf = (page: string): string[] =>
  [...proseOf(readPage(page)).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('the documents', () => {
  it.each(pages())('%s links only to what is there', (page) => {
    const broken = [...proseOf(readPage(page)).matchAll(LINK)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const file = path === '' ? page : normalize(join(dirname(page), path));
        if (!existsSync(join(ROOT, file))) return true;
        return anchor !== undefined && !headingsOf(file).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it.each(pages())('%s names only files and folders that are there', (page) => {
    const missing = codeIn(proseOf(readPage(page)))
      .filter((code) => FOLDERS.test(code) && !MADE.test(code))
      .filter((path) => !existsSync(join(ROOT, path)));
    expect(missing).toEqual([]);
  });

  it('list every page of docs/ in the index', () => {
    const listed = [...readPage('docs/README.md').matchAll(LINK)].map(([, target = '']) => target);
    const there = pages()
      .filter((page) => page.startsWith('docs/') && page !== 'docs/README.md')
      .map((page) => page.slice('docs/'.length));
    expect(listed).toEqual(expect.arrayContaining(there));
  });

  it('give a reason for every package, and for none that is not used', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readPage('package.json')) as Record<
      'dependencies' | 'devDependencies' | 'optionalDependencies',
      Record<string, string>
    >;
    const page = readPage('docs/dependencies.md');
    const explained = (heading: string) => tableBelow(page, heading).map(([name = '']) => name.replaceAll('`', ''));
    expect(explained('At run time')).toEqual(Object.keys(dependencies).sort());
    expect(explained('For development')).toEqual(Object.keys(devDependencies).sort());
    expect(explained('Brought where there is a build for the platform')).toEqual(
      Object.keys(optionalDependencies).sort(),
    );
    const reasons = page.split('\n').filter((line) => /^\| `/.test(line));
    expect(reasons.filter((line) => !/\|[^|]*\w[^|]*\|$/.test(line))).toEqual([]);
  });

  it('show the tree as it is', () => {
    const [, tree = ''] = /^```\n(libs\/[\s\S]*?)^```$/m.exec(readPage('src/README.md')) ?? [];
    const parents: string[] = [];
    const missing: string[] = [];
    for (const line of tree.trimEnd().split('\n')) {
      const [, indent = '', name = ''] = /^( *)(\S+)/.exec(line) ?? [];
      const depth = indent.length / 2;
      parents.length = depth;
      parents.push(name);
      const path = parents.join('');
      if (!existsSync(join(ROOT, path)) || statSync(join(ROOT, path)).isDirectory() !== name.endsWith('/')) {
        missing.push(path);
      }
    }
    expect(tree).toContain('core/');
    expect(missing).toEqual([]);
  });
});
