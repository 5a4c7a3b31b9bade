/**
 * The direction of the house (docs/adr/0006, CONTRIBUTING.md). A lower floor never knows a higher one; what it
 * needs from there is a function handed in by src/main.ts. The rooms of the two upper floors know their
 * neighbours, without cycles; those below stand apart.
 *
 *   main
 *   connections  api  cli
 *   intake  replies  desk
 *   sdk  mapping  matching  store  queue        (connectors stand on sdk alone)
 *   config  ops
 *   model
 */
const FLOORS = [
  ['model'],
  ['config', 'ops'],
  ['sdk', 'mapping', 'matching', 'store', 'queue'],
  ['intake', 'replies', 'desk'],
  ['connections', 'api', 'cli'],
];
/** A reply settles what intake files, and a filed draft may be a receipt: these rooms are one floor in earnest. */
const FIRST_SHARED_FLOOR = 3;
/** The treaty is what integrators build on: it brings nothing of the house along. */
const STANDS_ON_MODEL_ALONE = ['config', 'ops', 'sdk'];

/** Tests look at everything; only a connector's own may not look at another connector. */
const TEST = '\\.test\\.ts$';
const MAIN = '^src/main\\.ts$';

function roomRule(room, floor) {
  const neighbours = floor >= FIRST_SHARED_FLOOR ? 1 : 0;
  const below = STANDS_ON_MODEL_ALONE.includes(room)
    ? ['model']
    : FLOORS.slice(0, floor + neighbours).flat();
  return {
    name: `${room}-stands-on-${below.length === 0 ? 'itself' : 'the-floors-below'}`,
    comment: `src/${room} may import ${[room, ...below].join(', ')} and packages, nothing else of ours.`,
    severity: 'error',
    from: { path: `^src/${room}/`, pathNot: TEST },
    to: {
      path: '^(src|connectors|simulators|test|console|scripts|bin)/',
      pathNot: `^src/(${[room, ...below].join('|')})/`,
    },
  };
}

const rooms = FLOORS.flatMap((names, floor) => names.map((room) => roomRule(room, floor)));

const doors = [
  {
    name: 'no-room-without-a-floor',
    comment: 'A new folder in src/ gets its floor in this file first.',
    severity: 'error',
    from: { path: '^src/', pathNot: `${TEST}|${MAIN}|^src/(${FLOORS.flat().join('|')})/` },
    to: {},
  },
  {
    name: 'only-main-imports-connectors',
    comment: 'src/main.ts is the only place that wires.',
    severity: 'error',
    from: { pathNot: `${TEST}|${MAIN}|^connectors/|^test/` },
    to: { path: '^connectors/' },
  },
  {
    name: 'only-main-imports-simulators',
    comment: 'src/main.ts starts them for `hubbub demo`; otherwise they belong to tests.',
    severity: 'error',
    from: { pathNot: `${TEST}|${MAIN}|^simulators/|^test/` },
    to: { path: '^simulators/' },
  },
  {
    name: 'main-imports-the-catalogue',
    comment: 'src/main.ts knows connectors/index.ts, never one connector.',
    severity: 'error',
    from: { path: MAIN },
    to: { path: '^connectors/', pathNot: '^connectors/index\\.ts$' },
  },
  {
    name: 'nobody-imports-main',
    severity: 'error',
    from: { pathNot: `${TEST}|^test/` },
    to: { path: MAIN },
  },
  {
    name: 'the-product-never-imports-tests',
    severity: 'error',
    from: { pathNot: `${TEST}|^test/` },
    to: { path: `${TEST}|^test/` },
  },
];

/** Products of one platform speak one protocol; it stands once, in a folder that is no connector (docs/adr/0017). */
const FAMILIES = { wechat: ['wechat-oa', 'wechat-mini'] };

const families = Object.entries(FAMILIES).map(([family, members]) => ({
  name: `only-${family}-connectors-look-into-connectors-${family}`,
  severity: 'error',
  from: { path: '^connectors/', pathNot: `^connectors/(${[family, ...members].join('|')})/` },
  to: { path: `^connectors/${family}/` },
}));

const connectors = [
  ...families,
  {
    name: 'connectors-import-the-treaty-only',
    comment:
      'A connector imports src/sdk/index.ts, its own folder, that of its family, and its vendor client.',
    severity: 'error',
    from: { path: '^connectors/[^/]+/', pathNot: TEST },
    to: {
      path: '^(src|simulators|test|console|scripts|bin)/|^connectors/[^/]+$',
      pathNot: '^src/sdk/index\\.ts$',
    },
  },
  {
    name: 'connectors-never-import-each-other',
    comment: 'Not in their tests either.',
    severity: 'error',
    from: { path: '^connectors/([^/]+)/' },
    to: { path: '^connectors/', pathNot: `^connectors/($1|${Object.keys(FAMILIES).join('|')})/` },
  },
  {
    name: 'the-catalogue-imports-connectors-only',
    severity: 'error',
    from: { path: '^connectors/[^/]+$', pathNot: TEST },
    to: {
      path: '^(src|simulators|test|console|scripts|bin)/',
      pathNot: '^src/sdk/index\\.ts$',
    },
  },
  {
    name: 'simulators-know-nothing-of-the-product',
    comment:
      "A simulator repeats the platform's facts in its own words, or it would repeat our mistakes.",
    severity: 'error',
    from: { path: '^simulators/', pathNot: TEST },
    to: { path: '^(src|connectors|test|console|scripts|bin)/' },
  },
];

const hygiene = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'no-orphans',
    comment:
      'Nobody imports it and it imports nobody: dead code. What a browser loads is served as it is.',
    severity: 'error',
    from: { orphan: true, pathNot: `${TEST}|^connectors/[^/]+/browser/` },
    to: {},
  },
  {
    name: 'everything-resolves',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-undeclared-packages',
    comment: 'What is imported stands in package.json.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'the-product-runs-without-development-packages',
    severity: 'error',
    from: { path: '^(src|connectors|simulators)/', pathNot: TEST },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
  },
];

module.exports = {
  forbidden: [...rooms, ...doors, ...connectors, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    // A type is knowledge too: `import type` obeys the same directions.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      mainFields: ['main', 'types'],
    },
    combinedDependencies: false,
  },
};
