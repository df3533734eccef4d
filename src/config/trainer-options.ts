import { choice, flag, integer, list, path, port, text } from './option.js'

/** The settings of the offline and the online trainer, part of `options`. */
export const trainerOptions = {
  TRAINER_THREADS: integer(
    {
      group: 'Training',
      default: 0,
      defaultText: 'the processors',
      description: 'Threads that `train` and the offline trainer use; the online trainer takes one, at low priority.',
    },
    0,
    1024,
  ),

  OFFLINE_TRAINER_HOST: text({
    group: 'Offline trainer',
    default: '0.0.0.0',
    description: 'Address the offline trainer listens on; `127.0.0.1` keeps it on this machine.',
  }),
  OFFLINE_TRAINER_PORT: port({
    group: 'Offline trainer',
    default: 8102,
    description: 'Port the offline trainer listens on; 0 takes a free one.',
  }),
  OFFLINE_TRAINER_TOKEN: text<undefined>({
    group: 'Offline trainer',
    default: undefined,
    defaultText: 'none needed',
    description: 'Bearer token that requests to train and for jobs must carry.',
    secret: true,
  }),
  OFFLINE_TRAINER_MAX_BODY: integer(
    {
      group: 'Offline trainer',
      default: 2_147_483_648,
      description: 'Largest request in bytes, after decompression; it goes to disk, not to memory.',
    },
    1024,
    1_099_511_627_776,
  ),
  OFFLINE_TRAINER_REQUEST_TIMEOUT: integer(
    { group: 'Offline trainer', default: 600, description: 'Seconds that a client may take to send a whole request.' },
    1,
    86_400,
  ),
  OFFLINE_TRAINER_CONCURRENCY: integer(
    { group: 'Offline trainer', default: 1, description: 'Jobs that train at once; others wait for their turn.' },
    1,
    64,
  ),
  OFFLINE_TRAINER_MAX_WAITING: integer(
    { group: 'Offline trainer', default: 16, description: 'Jobs that may wait; one more is refused with 503.' },
    0,
    10_000,
  ),
  OFFLINE_TRAINER_MAX_ATTEMPTS: integer(
    {
      group: 'Offline trainer',
      default: 3,
      description: 'Times that a job is begun when the trainer is killed while it runs; then the job fails.',
    },
    1,
    1000,
  ),
  OFFLINE_TRAINER_KEPT_JOBS: integer(
    {
      group: 'Offline trainer',
      default: 100,
      description: 'Finished jobs that are kept; the oldest are removed first.',
    },
    1,
    100_000,
  ),
  OFFLINE_TRAINER_KEPT_BYTES: integer(
    {
      group: 'Offline trainer',
      default: 4_294_967_296,
      description:
        'Bytes of requests and results that are kept on disk: the oldest finished jobs are removed first, and one more request that would have to wait is refused.',
    },
    1_048_576,
    1_099_511_627_776,
  ),
  JOBS_PATH: path<undefined>({
    group: 'Offline trainer',
    default: undefined,
    defaultText: '`MNT_PATH`/jobs',
    description: 'Folder of the jobs; they survive a restart there.',
  }),

  ONLINE_TRAINER: flag({
    group: 'Online trainer',
    default: false,
    description: 'Let `kepler-model serve` run the online trainer too.',
  }),
  SAMPLING_INTERVAL: integer(
    { group: 'Online trainer', default: 20, description: 'Seconds between two rounds of the online trainer.' },
    1,
    86_400,
  ),
  ONLINE_PUBLISH_INTERVAL: integer(
    {
      group: 'Online trainer',
      default: 600,
      description: 'Seconds between two versions; a machine that has changed, or a large gain, is published at once.',
    },
    0,
    86_400,
  ),
  ONLINE_TRAINER_HOST: text({
    group: 'Online trainer',
    default: '0.0.0.0',
    description: 'Address on which the online trainer answers `/metrics` and probes.',
  }),
  ONLINE_TRAINER_PORT: port({ group: 'Online trainer', default: 8103, description: 'Port of that address.' }),
  ONLINE_PIPELINE: text({
    group: 'Online trainer',
    default: 'std_v0.7.11',
    description: 'Pipeline that is published into `MODEL_PATH`; a name, not a path.',
  }),
  ONLINE_TRAINERS: list({
    group: 'Online trainer',
    default: ['SGDRegressorTrainer', 'LinearRegressionTrainer', 'GradientBoostingRegressorTrainer'],
    description:
      'Trainers of each round. At least one should give weights (SGDRegressorTrainer), which Kepler uses itself.',
  }),
  ONLINE_HISTORY_PATH: path<undefined>({
    group: 'Online trainer',
    default: undefined,
    defaultText: '`MNT_PATH`/history',
    description: 'Folder of the measurements that models are trained on; they survive a restart there.',
  }),
  ONLINE_HISTORY_SECONDS: integer(
    { group: 'Online trainer', default: 3600, description: 'Seconds of measurements that are kept.' },
    60,
    31_536_000,
  ),
  ONLINE_HISTORY_MAX_BYTES: integer(
    {
      group: 'Online trainer',
      default: 536_870_912,
      description:
        'Bytes of measurements that are kept on disk, and read in each round; beyond them the oldest are removed earlier. A round with many machines writes up to a third of that beside them while it runs.',
    },
    1_048_576,
    1_099_511_627_776,
  ),
  ONLINE_KEEP_VERSIONS: integer(
    { group: 'Online trainer', default: 10, description: 'Published versions that are kept for a rollback.' },
    1,
    1000,
  ),
  ONLINE_MARGIN: integer(
    {
      group: 'Online trainer',
      default: 10,
      description: 'Percent by which the error on recent held-out data must be lower than that of the served model.',
    },
    0,
    99,
  ),
  ONLINE_MIN_ROWS: integer(
    {
      group: 'Online trainer',
      default: 30,
      description: 'Measurements that there must be before anything is trained.',
    },
    10,
    1_000_000,
  ),
  ONLINE_MAX_ROWS: integer(
    {
      group: 'Online trainer',
      default: 10_000,
      description: 'Measurements that each model is trained on at most; more are subsampled evenly.',
    },
    100,
    10_000_000,
  ),
  ONLINE_MAX_ERROR: integer(
    {
      group: 'Online trainer',
      default: 30,
      description: 'Percent of error (MAPE) on recent held-out data above which no model is published.',
    },
    1,
    1000,
  ),
  ONLINE_MACHINE_SPECS: path<undefined>({
    group: 'Online trainer',
    default: undefined,
    defaultText: 'one kind of machine',
    description:
      'Folder of machine specs, `<instance>.json` each (see `kepler-model spec --json`): machines of different specs get models of their own.',
  }),
  ONLINE_NODE_OS: choice(
    {
      group: 'Online trainer',
      default: 'off',
      description:
        'Models of the feature group NodeOS too: of `guests` by the power that the Kepler of their host gives them (as `train --vm-train --all-machines`), or of `nodes` by their own zones. Metrics of node_exporter or the power meter are kept then.',
    },
    ['off', 'guests', 'nodes'],
  ),
  ONLINE_PROFILE: path<undefined>({
    group: 'Online trainer',
    default: undefined,
    defaultText: 'learned from idle windows',
    description: 'Idle profile (see `kepler-model profile`) for the profile isolator.',
  }),
} as const
