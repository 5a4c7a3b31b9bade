import { StartProblem } from '../ops/start-problem.js';
import { loadConfig } from '../config/load.js';
import { openData } from './open.js';

test('a data folder that the kernel refuses is said at once, never tried for ever', async () => {
  const { config } = loadConfig({ HUBBUB_DATA_DIR: '/proc/hubbub/data' });
  const opened = openData(config);
  await expect(opened).rejects.toThrow(StartProblem);
  await expect(opened).rejects.toThrow(/\/proc\/hubbub\/data.*HUBBUB_DATA_DIR/);
});
