import { PodMonitor, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { ClusterRoleBinding, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import { type IService, Service } from 'kubernetes-models/v1'
import { configMapIn, isOursAlone, matches, portsOf, type Workload, workloadsIn } from './cluster.js'
import { isObject, type Manifest, nameOf } from './manifest.js'

/** Maps that the platform makes. */
const givenMaps = new Set(['openshift-service-ca.crt'])
/** Who may run what is privileged. */
const privileged = 'system:openshift:scc:privileged'
const kepler = 'kepler-exporter'

/** Whatever one manifest says of another: names, labels, ports. */
export function referenceProblems(manifests: readonly Manifest[]): string[] {
  const workloads = workloadsIn(manifests)
  const services: unknown[] = manifests.filter(({ kind }) => kind === 'Service')
  return [
    ...workloads.flatMap((workload) => workloadProblems(workload, manifests)),
    ...manifests.flatMap((manifest) => {
      const name = nameOf(manifest)
      return pointedAt(manifest, workloads, services.filter(Service.is)).map((problem) => `${name} ${problem}`)
    }),
  ]
}

function workloadProblems(workload: Workload, manifests: readonly Manifest[]): string[] {
  const { name, pod, labels, selector, strategy } = workload
  const has = (kind: string, wanted: string | undefined) =>
    manifests.some((manifest) => manifest.kind === kind && manifest.metadata.name === wanted)
  const problems: string[] = []
  if (Object.keys(selector).length === 0 || !matches(selector, labels)) problems.push('does not select its own pods')
  if (isOursAlone(workload)) {
    if (pod.automountServiceAccountToken !== false) problems.push('mounts a token for the API server')
    if (!has('ServiceAccount', pod.serviceAccountName)) problems.push('has no service account of its own')
  }
  for (const { image = '' } of pod.containers) {
    if (!/:[\w.-]+$/.test(image) || image.endsWith(':latest'))
      problems.push(`has an image that is not pinned: ${image}`)
  }
  for (const { name: volume, configMap, persistentVolumeClaim } of pod.volumes ?? []) {
    const mounted = pod.containers.some(({ volumeMounts }) => volumeMounts?.some((mount) => mount.name === volume))
    if (!mounted) problems.push(`has a volume ${volume} that nothing mounts`)
    const map = configMap?.name
    if (map && !givenMaps.has(map) && !configMapIn(manifests, map))
      problems.push(`wants a map ${map} that is not there`)
    if (!persistentVolumeClaim) continue
    const claim = persistentVolumeClaim.claimName
    if (!has('PersistentVolumeClaim', claim)) problems.push(`wants a claim ${claim} that is not there`)
    if (strategy !== 'Recreate') problems.push(`would have two pods at the volume ${volume} at once`)
  }
  return problems.map((problem) => `${name} ${problem}`)
}

/** What is wrong with what a manifest points at. */
function pointedAt(manifest: Manifest, workloads: readonly Workload[], services: readonly IService[]): string[] {
  const object: unknown = manifest
  const podsOf = (selector: Readonly<Record<string, string>> = {}) =>
    workloads.filter(({ labels }) => matches(selector, labels))
  if (Service.is(object)) {
    const ports = (object.spec?.ports ?? []).map(({ targetPort, port }) => targetPort ?? port)
    return missing(ports, podsOf(object.spec?.selector).flatMap(portsOf))
  }
  if (ServiceMonitor.is(object)) {
    const { selector, endpoints = [] } = object.spec
    const found = services.filter(({ metadata }) => matches(selector.matchLabels ?? {}, metadata?.labels ?? {}))
    const there = found.flatMap(({ spec }) => spec?.ports ?? []).map(({ name = '', port }) => ({ name, port }))
    return missing(
      endpoints.map(({ port }) => port),
      there,
    )
  }
  if (PodMonitor.is(object)) {
    const { selector, podMetricsEndpoints = [] } = object.spec
    return missing(
      podMetricsEndpoints.map(({ port }) => port),
      podsOf(selector.matchLabels).flatMap(portsOf),
    )
  }
  if (NetworkPolicy.is(object)) {
    const { podSelector, ingress = [] } = object.spec ?? {}
    const among = (podSelector?.matchExpressions ?? []).flatMap(({ key, operator, values = [] }) =>
      operator === 'In' ? values.map((value) => ({ [key]: value })) : [],
    )
    const selected = [podSelector?.matchLabels ?? {}, ...among].flatMap((selector) =>
      Object.keys(selector).length > 0 ? podsOf(selector) : [],
    )
    return missing(
      ingress.flatMap(({ ports = [] }) => ports.map(({ port }) => port)),
      selected.flatMap(portsOf),
    )
  }
  if (ClusterRoleBinding.is(object) || RoleBinding.is(object)) {
    const { roleRef, subjects = [] } = object
    const others = subjects.filter(({ kind, name }) => kind !== 'ServiceAccount' || name !== kepler)
    return roleRef.name === privileged && others.length > 0 ? ['lets others than Kepler be privileged'] : []
  }
  if (manifest.kind === 'Route') return routeProblems(manifest, services)
  return []
}

/** There is no schema of routes: this much of one is what ours needs. */
function routeProblems({ spec }: Manifest, services: readonly IService[]): string[] {
  const { to, port } = isObject(spec) ? spec : {}
  const service = services.find(({ metadata }) => isObject(to) && to.kind === 'Service' && metadata?.name === to.name)
  if (!service) return ['leads to no service']
  const there = (service.spec?.ports ?? []).map(({ name = '', port: number }) => ({ name, port: number }))
  const target = isObject(port) ? port.targetPort : undefined
  return missing([typeof target === 'string' ? target : undefined], there)
}

type Port = string | number | undefined

function missing(wanted: readonly Port[], there: readonly { name: string; port: number }[]): string[] {
  if (wanted.length === 0) return ['names no port']
  return wanted
    .filter((port) => !there.some((known) => known.name === port || known.port === port))
    .map((port) => `names port ${port}, which nothing it selects has`)
}
