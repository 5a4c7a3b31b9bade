import { spawnSync } from 'node:child_process';
const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noCheck'], { stdio: 'inherit' });
process.exit(status ?? 1);
