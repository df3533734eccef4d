import type { Labels } from '../../prometheus/labels.js'

/** Labels that name a node. */
export const nodeLabels = [
  'node',
  'node_name',
  'exported_node',
  'nodename',
  'kubernetes_node',
  'hostname',
  'host',
] as const
/** Labels that name an address. Federation and collectors move the exporter's own to `exported_instance`. */
export const addressLabels = ['exported_instance', 'instance'] as const
/** Labels that name what holds nodes: equal names in two of them are two machines. */
export const groupLabels = [
  'cluster',
  'cluster_name',
  'exported_cluster',
  'tenant',
  'tenant_id',
  '__tenant_id__',
] as const

/** All labels by which machines are told apart, unless a user names more. */
export const machineLabels: readonly string[] = [...addressLabels, ...nodeLabels, ...groupLabels]

/** Labels of who scraped: the machine is the same whatever they say. */
export const replicaLabels: readonly string[] = [
  ...['replica', 'prometheus_replica', 'prometheus', '__replica__', 'receive', 'receive_replica', 'thanos_replica'],
  ...['monitor', 'job', 'exported_job', 'endpoint', 'service', 'exported_service', 'metrics_path'],
]

/** `10.0.0.5:9102` is on `10.0.0.5`, `[fd00::1]:9102` on `fd00::1`. */
export function hostOf(value: string): string {
  return /^\[(.+)\](?::\d+)?$/.exec(value)?.[1] ?? value.replace(/^([^:]+):\d+$/, '$1')
}

/** Whether two names are of one host: with or without a port, with or without a domain. */
export function isSameHost(a: string, b: string): boolean {
  const [one, other] = [hostOf(a).toLowerCase(), hostOf(b).toLowerCase()]
  if (one === other) return true
  if (isAddress(one) || isAddress(other)) return false
  return one.startsWith(`${other}.`) || other.startsWith(`${one}.`)
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
}

/** What people call the machine of a series. */
export function nameOf(labels: Labels): string {
  const name = [...addressLabels, ...nodeLabels]
    .map((label) => labels[label])
    .find((value) => value !== undefined && value !== '')
  return name ?? ''
}
