import type { Loaded } from '../../config/load.js';
import { testMappings } from '../../mapping/cases.js';
import { sentenceOf } from '../../mapping/problem.js';
import type { Shell } from '../shell.js';
import { typed } from '../typed.js';
import { checked, ok, wrong, type Finding } from './finding.js';

const OLDEST_NODE = [20, 19] as const;

/** Node, connectors and mappings. */
export async function examineProgram(shell: Shell, loaded: Loaded): Promise<readonly Finding[]> {
  return [
    node(process.versions.node),
    ...(await checked('connectors', 'install the program again', async () => {
      const connectors = await (await shell.main()).loadConnectors();
      return [ok('connectors', [...connectors.keys()].join(', '))];
    })),
    ...(await checked('mappings', 'mend the file', () => mappings(shell, loaded))),
  ];
}

function node(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldest, least] = OLDEST_NODE;
  return major > oldest || (major === oldest && minor >= least)
    ? ok('node', version)
    : wrong('node', `${version} is too old`, `install Node ${oldest}.${least} or newer`);
}

async function mappings(shell: Shell, loaded: Loaded): Promise<readonly Finding[]> {
  const { mappingFolders } = await shell.main();
  const { problems, cases } = await testMappings(mappingFolders(loaded));
  const failed = cases.filter((one) => !one.ok);
  const findings = [
    ...problems.map((problem) => wrong('mappings', sentenceOf(problem), 'mend that line')),
    ...failed.map(({ file, line, name, differences }) =>
      wrong(
        'mappings',
        `${file}:${line}: ${name}: ${differences[0] ?? ''}`,
        typed(loaded, 'mapping test'),
      ),
    ),
  ];
  return findings.length > 0 ? findings : [ok('mappings', `${cases.length} cases pass`)];
}
