import { workerData } from 'node:worker_threads';
import { copyDatabase } from '../../store/sqlite.js';

/** Copying blocks its thread, and the other one shows how far it is. */
const { file, copy } = workerData as { readonly file: string; readonly copy: string };
copyDatabase(file, copy);
