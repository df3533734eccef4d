import { choice, flag, integer, list, path, port, text, url, urlList } from './option.js'
import { amazonOptions } from './amazon-options.js'
import { measurementOptions } from './measurement-options.js'
import { meterOptions } from './meter-options.js'
import { prometheusOptions } from './prometheus-options.js'
import { trainerOptions } from './trainer-options.js'

const web = ['http', 'https'] as const
const download = ['http', 'https', 'file'] as const

function initialModel(what: string) {
  return url<undefined>(
    {
      group: 'Estimator',
      default: undefined,
      defaultText: 'a model of the default pipeline',
      description: `Model archive for ${what}, when no model server gives one.`,
    },
    download,
  )
}

/**
 * Every setting, once. Parsing, the `Config` type, `kepler-model config` and `docs/configuration.md` all come from here.
 */
export const options = Object.freeze({
  MODEL_SERVER_HOST: text({
    group: 'Model server',
    default: '0.0.0.0',
    description: 'Address the model server listens on; `127.0.0.1` keeps it on this machine, `::` takes IPv6 too.',
  }),
  MODEL_SERVER_PORT: port({
    group: 'Model server',
    default: 8100,
    description: 'Port the model server listens on; 0 takes a free one.',
  }),
  ERROR_KEY: text({
    group: 'Model server',
    default: 'mae',
    description:
      'Error that ranks models; the lowest is best. `mae`: what was held out, for models that were trained here, and their `mae` for published ones. Others rank by that metadata attribute alone: `mape`, `<component>_mae`, `cv_mae`. One that no model has is refused at the start.',
  }),
  MODEL_SERVER_MAX_BODY: integer(
    {
      group: 'Model server',
      default: 1_048_576,
      description: 'Largest request body in bytes; more is refused with 413 while it is read.',
    },
    1024,
    1_073_741_824,
  ),
  MODEL_SERVER_REQUEST_TIMEOUT: integer(
    {
      group: 'Model server',
      default: 10,
      description: 'Seconds that a client may take to send a whole request.',
    },
    1,
    3600,
  ),
  MODEL_SERVER_MAX_CONNECTIONS: integer(
    { group: 'Model server', default: 4096, description: 'Connections at once; more are refused.' },
    1,
    1_000_000,
  ),

  MNT_PATH: path({ group: 'Pipelines', default: '/mnt', description: 'Folder under which models are kept.' }),
  MODEL_PATH: path<undefined>({
    group: 'Pipelines',
    default: undefined,
    defaultText: '`MNT_PATH`/models',
    description: 'Folder of the pipelines; downloads go here. Each pipeline is a folder or a zip.',
  }),
  XDG_STATE_HOME: path<undefined>({
    group: 'Pipelines',
    default: undefined,
    defaultText: '`~/.local/state`',
    description:
      'Folder of a user who may not write to `/mnt`: what belongs there goes into its folder `kepler-model-server`.',
  }),
  INITIAL_PIPELINE_URL: urlList<undefined>(
    {
      group: 'Pipelines',
      default: undefined,
      defaultText: 'the two default pipelines below `MODEL_TOPURL`',
      description: 'Pipeline zips to download at the start.',
    },
    download,
  ),
  MODEL_TOPURL: url(
    {
      group: 'Pipelines',
      default: 'https://raw.githubusercontent.com/sustainable-computing-io/kepler-model-db/main/models/v0.7',
      description: 'The model database: default pipelines and initial models are found below it.',
    },
    download,
  ),
  OFFLINE: flag({
    group: 'Pipelines',
    default: false,
    description:
      'Download nothing: use pipelines in `MODEL_PATH` and those of file URLs, else the universal model. An estimator alone does so too.',
  }),
  PREFER_TRAINED_PIPELINE: flag({
    group: 'Pipelines',
    default: false,
    description: 'Answer from the locally trained pipeline before the default one. `kepler-model serve` turns it on.',
  }),
  UNIVERSAL: flag({
    group: 'Model server',
    default: true,
    description:
      'Use the model of all machines: for machines of which no pipeline has the node type, and at `GET /curve`. Without it such a machine gets the most similar node type, and the demonstration where there is no pipeline.',
  }),
  DEMO: flag({
    group: 'Model server',
    default: false,
    description:
      'Where there is no pipeline, serve the demonstration, of simulated machines, instead of the universal model. Its watts are not real.',
  }),
  PAGE: flag({
    group: 'Model server',
    default: true,
    description: 'Answer browsers at `/` with the page; otherwise they get the text that others get.',
  }),
  PAGE_METER_URL: url<undefined>(
    {
      group: 'Model server',
      default: undefined,
      defaultText: '`http://127.0.0.1` and `METER_HTTP_PORT`',
      description:
        'Where the power meter of this machine answers, for the live watts of the page. The server asks it, and hands on the zones without the programs.',
    },
    web,
  ),
  MODEL_SERVER_TOKEN: text<undefined>({
    group: 'Model server',
    default: undefined,
    defaultText: 'nobody may',
    description: 'Bearer token of those who may change which version is served, through HTTP or the page.',
    secret: true,
  }),

  MODEL_SERVER_ENABLE: flag({
    group: 'Estimator',
    default: false,
    description: 'Ask the model server at `MODEL_SERVER_URL` for models.',
  }),
  MODEL_SERVER_URL: url(
    { group: 'Estimator', default: 'http://localhost:8100', description: 'Where the model server is.' },
    web,
  ),
  MODEL_REFRESH_INTERVAL: integer(
    {
      group: 'Estimator',
      default: 300,
      description: 'Seconds after which the model server is asked again whether it has a better model.',
    },
    1,
    86_400,
  ),
  ESTIMATOR_SOCKETS: list({
    group: 'Estimator',
    default: ['/tmp/estimator.sock', '/tmp/estimator.socket'],
    description: 'Unix sockets that the estimator answers on.',
  }),
  ESTIMATOR_HTTP_PORT: port<undefined>({
    group: 'Estimator',
    default: undefined,
    defaultText: 'no HTTP',
    description: 'Port on which the estimator also answers HTTP: `/estimate`, `/info`, `/metrics`, probes.',
  }),
  ESTIMATOR_HTTP_HOST: text({
    group: 'Estimator',
    default: '127.0.0.1',
    description: 'Address of that port.',
  }),
  NODE_TOTAL_INIT_URL: initialModel('the platform power of a node'),
  NODE_COMPONENTS_INIT_URL: initialModel('the component power of a node'),
  CONTAINER_TOTAL_INIT_URL: initialModel('the platform power of containers'),
  CONTAINER_COMPONENTS_INIT_URL: initialModel('the component power of containers'),
  PROCESS_TOTAL_INIT_URL: initialModel('the platform power of processes'),
  PROCESS_COMPONENTS_INIT_URL: initialModel('the component power of processes'),
  MODEL_CONFIG: text<undefined>({
    group: 'Estimator',
    default: undefined,
    description: 'Lines of `KEY=value` (`#` starts a comment) that set other settings, as Kepler passes them.',
  }),
  MACHINE_SPEC_PATH: path({
    group: 'Estimator',
    default: '/etc/kepler/models/machine/spec.json',
    description: 'JSON file that overrides what is discovered about this machine, if it exists.',
  }),

  DATAPATH: path({
    group: 'Training',
    default: 'data',
    description: 'Folder for the files that commands read and write.',
  }),
  VM_JOB_NAME: text({ group: 'Training', default: 'vm', description: 'The `job` label of series that describe a VM.' }),
  ...trainerOptions,
  ...meterOptions,
  ...measurementOptions,

  ...prometheusOptions,
  ...amazonOptions,

  HTTP_PROXY: url<undefined>(
    {
      group: 'Network',
      default: undefined,
      description: 'Proxy for http URLs: `http://user:password@host:port` (also in lower case).',
    },
    web,
  ),
  HTTPS_PROXY: url<undefined>(
    {
      group: 'Network',
      default: undefined,
      description: 'Proxy for https URLs, which it is asked to tunnel (also in lower case).',
    },
    web,
  ),
  NO_PROXY: text<undefined>({
    group: 'Network',
    default: undefined,
    description:
      'What is reached without a proxy, comma-separated: domains with all below them (`svc`, `.svc`), addresses, networks (`10.0.0.0/8`, `fd00::/8`), `*`; all but networks may end in `:port` (also in lower case).',
  }),
  CA_FILE: path<undefined>({
    group: 'Network',
    default: undefined,
    description:
      'PEM file of authorities that are trusted besides those that Node knows: for downloads, `PROM_SERVER` and `MODEL_SERVER_URL`.',
  }),
  CONNECT_TIMEOUT: integer(
    { group: 'Network', default: 5, description: 'Seconds to wait for another server to accept a connection.' },
    1,
    600,
  ),
  DOWNLOAD_MAX_BYTES: integer(
    { group: 'Network', default: 536_870_912, description: 'Largest file that is downloaded, in bytes.' },
    1024,
    4_294_967_296,
  ),

  LOG_LEVEL: choice(
    { group: 'Logs and limits', default: 'info', description: 'Least severe level that is logged.' },
    ['debug', 'info', 'warn', 'error'],
    // Python's names of levels, which the original takes.
    { warning: 'warn', critical: 'error', fatal: 'error' },
  ),
  CONFIG_PATH: path({
    group: 'Logs and limits',
    default: '/etc/kepler/kepler.config',
    description: 'Folder whose files are settings: each is named like a setting and holds its value.',
  }),
  LOG_FORMAT: choice(
    {
      group: 'Logs and limits',
      default: 'auto',
      description: 'JSON lines, one-line text for people, or `auto`: text on a terminal, JSON elsewhere.',
    },
    ['auto', 'json', 'text'],
  ),
  SHUTDOWN_TIMEOUT: integer(
    {
      group: 'Logs and limits',
      default: 10,
      description: 'Seconds that running requests may take to finish after SIGTERM.',
    },
    0,
    600,
  ),
})

export type ConfigKey = keyof typeof options
