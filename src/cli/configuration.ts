import { loadConfig, type Loaded } from '../config/load.js';

/** The configuration of a command that ends by itself: its log says only what went wrong. */
export function loadForCommand(): Loaded {
  const loaded = loadConfig();
  const { process } = loaded.config;
  if (process.logLevel !== 'info') return loaded;
  return { ...loaded, config: { ...loaded.config, process: { ...process, logLevel: 'warn' } } };
}
