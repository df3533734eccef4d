/**
 * Who may know whom: each folder of `src/` with the folders it may import besides itself. Read from top to bottom it
 * is the way of the data. `docs/architecture.md` says why; `scripts/check-layers.ts` keeps it true.
 */
export const layers: Readonly<Record<string, readonly string[]>> = {
  core: [],
  numeric: ['core'],
  table: ['core', 'numeric'],
  machine: ['core'],
  prometheus: ['core', 'numeric', 'table'],
  simulate: ['core', 'numeric', 'machine'],
  extract: ['core', 'numeric', 'table', 'prometheus'],
  isolate: ['core', 'numeric', 'table', 'prometheus', 'extract'],
  predictor: ['core', 'numeric'],
  regression: ['core', 'numeric', 'predictor'],
  archive: ['core', 'numeric', 'predictor'],
  train: [
    'core',
    'numeric',
    'table',
    'machine',
    'prometheus',
    'extract',
    'isolate',
    'predictor',
    'regression',
    'archive',
  ],
  registry: ['core', 'machine', 'predictor', 'archive'],
  estimate: ['core', 'numeric', 'machine', 'predictor', 'archive', 'registry'],
  config: ['core'],
  socket: ['core'],
  http: ['core', 'machine', 'archive', 'registry', 'estimate'],
  service: ['core', 'config', 'machine', 'archive', 'registry', 'estimate', 'socket', 'http', 'simulate', 'train'],
  cli: [
    'core',
    'numeric',
    'table',
    'machine',
    'prometheus',
    'simulate',
    'extract',
    'isolate',
    'predictor',
    'regression',
    'archive',
    'train',
    'registry',
    'estimate',
    'config',
    'socket',
    'http',
    'service',
  ],
  bin: ['cli'],
}

/** Only these folders may read the environment or end the process. */
export const mayReadEnvironment: readonly string[] = ['config']
export const mayEndProcess: readonly string[] = ['cli', 'bin']
