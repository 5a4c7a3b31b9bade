import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../architecture/tree.js';

interface Ran {
  readonly code: number | null;
  readonly words: string;
}

/** What the compiler asks of a program; the real libraries would take most of each build's time. */
const GLOBALS = [
  ...['Boolean', 'CallableFunction', 'Function', 'IArguments', 'NewableFunction', 'Number'],
  ...['Object', 'RegExp', 'String', 'Array<T>'],
].map((name) => `interface ${name} {}\n`);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hubbub-build-'));
  const settings = {
    compilerOptions: { module: 'nodenext', rootDir: '.', outDir: 'dist', types: [], noLib: true },
  };
  put('package.json', '{ "type": "module" }');
  put('tsconfig.json', JSON.stringify({ ...settings, include: ['src'] }));
  put('src/globals.d.ts', GLOBALS.join(''));
  put('src/a.ts', 'export const a: number = 1;\n');
  mkdirSync(join(folder, 'scripts'));
  copyFileSync(join(ROOT, 'scripts/build.mjs'), join(folder, 'scripts/build.mjs'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

function build(): Ran {
  const run = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: folder, encoding: 'utf8' });
  return { code: run.status, words: run.stderr };
}

const COMPILED = 'hubbub: compiling TypeScript into dist/ …\n';

describe('the build', () => {
  test('compiles what is missing, then has nothing to do and nothing to say', () => {
    expect(build()).toEqual({ code: 0, words: COMPILED });
    expect(readFileSync(join(folder, 'dist/src/a.js'), 'utf8')).toContain('export const a = 1');
    expect(build()).toEqual({ code: 0, words: '' });
  });

  test('takes away what a deleted source has left behind', () => {
    put('src/old/b.test.ts', 'export const b = 2;\n');
    build();
    expect(existsSync(join(folder, 'dist/src/old/b.test.js'))).toBe(true);
    rmSync(join(folder, 'src/old'), { recursive: true });
    expect(build().words).toBe(COMPILED);
    expect(existsSync(join(folder, 'dist/src/old'))).toBe(false);
  });

  test('notices an older file put in the place of a newer one', () => {
    build();
    put('src/a.ts', 'export const a: number = 3;\n');
    utimesSync(join(folder, 'src/a.ts'), new Date(0), new Date(0));
    expect(build().words).toBe(COMPILED);
    expect(readFileSync(join(folder, 'dist/src/a.js'), 'utf8')).toContain('export const a = 3');
  });

  test("fails with the compiler's words, and again until it is mended", () => {
    put('src/a.ts', 'export const a = ;\n');
    for (const attempt of [build(), build()]) {
      expect(attempt.code).toBe(1);
      expect(attempt.words).toContain('src/a.ts(1,18): error TS1109: Expression expected.');
    }
    put('src/a.ts', 'export const a = 4;\n');
    expect(build()).toEqual({ code: 0, words: COMPILED });
  });

  test('goes on after a build that was killed', () => {
    const gone = spawnSync(process.execPath, ['--version']).pid;
    put('.cache/build.lock', String(gone));
    expect(build()).toEqual({ code: 0, words: COMPILED });
  });
});
