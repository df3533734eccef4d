import { choice, decimal, flag, list, path, port, text, url } from './option.js'

/** The settings of the power meter, part of `options`. */
export const meterOptions = {
  METER_INTERVAL: decimal(
    { group: 'Power meter', default: 1, description: 'Seconds between two estimates.' },
    0.1,
    300,
  ),
  METER_PROCFS: path({
    group: 'Power meter',
    default: '/proc',
    description: "Where the host's `/proc` is seen, e.g. `/host/proc` in a container.",
  }),
  METER_SYSFS: path({
    group: 'Power meter',
    default: '/sys',
    description: "Where the host's `/sys` is seen, e.g. `/host/sys` in a container.",
  }),
  METER_POWERCAP: path<undefined>({
    group: 'Power meter',
    default: undefined,
    defaultText: 'no tree',
    description: "Folder in which a tree like the kernel's `/sys/class/powercap` is kept for other programs.",
  }),
  METER_HTTP_PORT: port({
    group: 'Power meter',
    default: 28283,
    description: 'Port of `/metrics` and the probes; 0 takes a free one. Kepler itself has 28282.',
  }),
  METER_HTTP_HOST: text({
    group: 'Power meter',
    default: '127.0.0.1',
    description: 'Address of that port. Metrics name the programs that run here.',
  }),
  METER_LEVELS: list({
    group: 'Power meter',
    default: ['node', 'process', 'container', 'vm', 'pod'],
    description:
      'What is shown: `node`, `process`, `container`, `vm`, `pod`. With `node` alone no process is looked at.',
  }),
  METER_SPLIT: choice(
    {
      group: 'Power meter',
      default: 'model',
      description:
        'How power is split: idle as the model has it, or active as power times usage ratio, as Kepler does.',
    },
    ['model', 'kepler'],
  ),
  METER_SHARE: decimal<undefined>(
    {
      group: 'Power meter',
      default: undefined,
      defaultText: 'from the instance type or `METER_HOST_THREADS`',
      description: 'Part of its host that this virtual machine has.',
    },
    0.0001,
    1,
  ),
  METER_HOST_THREADS: decimal<undefined>(
    {
      group: 'Power meter',
      default: undefined,
      description: "Hardware threads of this virtual machine's host: its share is its processors of them.",
    },
    1,
    65_536,
  ),
  METER_INSTANCE: text<undefined>({
    group: 'Power meter',
    default: undefined,
    defaultText: 'what the firmware says, as Amazon does',
    description: 'Type of the cloud instance that this machine is, e.g. `n2-standard-4` or `Standard_D4s_v3`.',
  }),
  METER_CLOUD_METADATA: flag({
    group: 'Power meter',
    default: false,
    description:
      'Ask the metadata service of Google or Azure (169.254.169.254) once for that type, where the firmware says that this machine is theirs.',
  }),
  METER_MODEL_SERVER: url<undefined>(
    {
      group: 'Power meter',
      default: undefined,
      defaultText: 'none is asked',
      description:
        'Model server that is asked for models of this machine (feature group `NodeOS`), before the universal model; asked again after `MODEL_REFRESH_INTERVAL`.',
    },
    ['http', 'https'],
  ),
  METER_PIPELINE: path<undefined>({
    group: 'Power meter',
    default: undefined,
    description: 'Pipeline on disk with such models, a folder or zip; it comes before the model server.',
  }),
  METER_COMPARE: flag({
    group: 'Power meter',
    default: false,
    description: 'Estimate beside a real meter too, and tell the error. Without it the meter stands aside there.',
  }),
  METER_NODE_NAME: text<undefined>({
    group: 'Power meter',
    default: undefined,
    defaultText: 'the host name',
    description: 'Label `node_name` of all metrics.',
  }),
  METER_PODS: choice(
    {
      group: 'Power meter',
      default: 'off',
      description: 'Who is asked for the names of pods: nobody, the kubelet of this node, or the API server.',
    },
    ['off', 'kubelet', 'apiserver'],
  ),
  METER_KUBE_ADDRESS: text<undefined>({
    group: 'Power meter',
    default: undefined,
    defaultText: "the kubelet of this machine, or the cluster's API server",
    description: 'Where it is: a host, `host:port` or a URL.',
  }),
  METER_KUBE_TOKEN_FILE: path({
    group: 'Power meter',
    default: '/var/run/secrets/kubernetes.io/serviceaccount/token',
    description: 'Bearer token for it, read anew each time.',
  }),
  METER_KUBE_CA_FILE: path<undefined>({
    group: 'Power meter',
    default: undefined,
    defaultText: "the service account's for the API server; none for the kubelet, whose certificate is its own",
    description: 'PEM file of the authority that signed its certificate.',
  }),
  METER_OTLP_URL: url<undefined>(
    {
      group: 'Power meter',
      default: undefined,
      defaultText: 'nothing is sent',
      description: 'OpenTelemetry collector that metrics are sent to, e.g. `http://localhost:4318/v1/metrics`.',
    },
    ['http', 'https'],
  ),
  METER_OTLP_INTERVAL: decimal(
    { group: 'Power meter', default: 30, description: 'Seconds between two sendings to it.' },
    1,
    3600,
  ),
}
