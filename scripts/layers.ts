/**
 * Which folder of `src/` may import which, besides itself. The rows stand in the order of the data, and a folder may
 * import only folders above its own row, so a cycle cannot be written. Every permission is one that the code uses.
 * `docs/architecture.md` describes the folders; `scripts/check-layers.ts` holds the code to this table.
 */
export const layers: Readonly<Record<string, string>> = {
  core: '',
  api: '',
  page: 'api',
  runtime: 'core',
  net: 'core runtime',
  json: 'core',
  vocabulary: 'core',
  numeric: 'core',
  table: 'core numeric',
  machine: 'core',
  universal: 'core runtime numeric table machine',
  prometheus: 'core runtime net json table',
  simulate: 'core runtime vocabulary numeric',
  extract: 'core vocabulary numeric table prometheus',
  isolate: 'core vocabulary numeric table prometheus extract',
  predictor: 'core vocabulary numeric',
  regression: 'core numeric predictor',
  archive: 'core numeric predictor',
  onnx: 'core numeric predictor archive',
  train: 'core runtime vocabulary numeric table machine prometheus extract isolate predictor regression archive',
  specpower: 'core machine universal train',
  registry: 'core runtime net machine archive',
  selection: 'core runtime vocabulary machine universal predictor archive registry',
  estimate: 'core runtime vocabulary net machine predictor archive registry selection',
  export: 'core runtime machine archive train registry selection',
  merge: 'core runtime machine archive train registry selection export',
  catalog: 'core api machine archive registry selection estimate',
  jobs: 'core runtime vocabulary json prometheus extract isolate regression archive train registry selection',
  online:
    'core runtime vocabulary net numeric machine prometheus extract isolate regression archive train registry selection',
  library: 'core vocabulary prometheus simulate extract isolate predictor regression archive train registry selection',
  plot: 'core vocabulary numeric extract isolate predictor archive registry selection online',
  report: 'core extract predictor numeric regression archive train registry selection plot',
  meter: 'core',
  kubernetes: 'core runtime net meter',
  config: 'core',
  metrics: 'core machine meter prometheus selection estimate jobs online',
  socket: 'core runtime json',
  http: 'core api runtime json universal selection estimate catalog jobs online metrics',
  service:
    'core api runtime net machine prometheus extract isolate regression registry selection estimate jobs online universal meter kubernetes config metrics socket http',
  cli: 'core runtime vocabulary net numeric table machine universal prometheus simulate extract isolate regression archive onnx train specpower registry selection estimate jobs online export merge plot report meter config metrics http service',
  bin: 'cli',
}

/** Only these folders may read the environment. */
export const mayReadEnvironment: readonly string[] = ['config']
/** Only these folders may end the process. `jobs`: the process of a training run. */
export const mayEndProcess: readonly string[] = ['cli', 'jobs']
