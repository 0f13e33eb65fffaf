import Runtime from 'jest-runtime';
import { existsSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';

/** By file name: the functions that modules are made by hold no state. */
const compiled = new Map();
const existing = new Map();

/**
 * Packages are loaded by Node, once for all test files of a worker; the sources of this project run anew for each file, as Jest
 * has it, but are compiled once. Loading Nest, TypeORM and the SDKs for each of hundreds of files took longer than most of their
 * tests. It needs one realm for all (environment.mjs); packages cannot be mocked, which nothing here does.
 */
export default class SharedPackages extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    executor.compile = (source, filename) => {
      const known = compiled.get(filename);
      if (known?.source === source) return known.make;
      const make = compileFunction(source, executor.injectedModuleParameters, { filename });
      compiled.set(filename, { source, make });
      return make;
    };
  }

  requireModuleOrMock(from, name) {
    if (isPackage(name) || name.endsWith('.mjs')) return createRequire(from)(name);
    const source = sourceOf(from, name);
    return source ? this.requireModule(source) : super.requireModuleOrMock(from, name);
  }
}

/** Those of `moduleNameMapper` and Jest's own are not. */
const isPackage = (name) => !/^(\.|\/|@app\/|@jest\/)/.test(name) && !isBuiltin(name);

/** What Jest's resolver finds for most imports, and takes longer for. */
function sourceOf(from, name) {
  if (!name.startsWith('.') || !name.endsWith('.js')) return undefined;
  const file = `${resolve(dirname(from), name).slice(0, -'.js'.length)}.ts`;
  if (!existing.has(file)) existing.set(file, existsSync(file));
  return existing.get(file) ? file : undefined;
}
