import type { IProbe } from 'kubernetes-models/v1'
import { isOursAlone, type OurContainer } from './cluster.js'

export interface PolicyOptions {
  /** OpenShift chooses users and groups itself, and refuses fixed ones. */
  readonly openshift: boolean
  /** Version that images carry. */
  readonly version: string
}

/** What is wrong with how one of our containers is confined. */
export function securityProblems(ours: OurContainer, { openshift }: PolicyOptions): string[] {
  const { container, workload, name } = ours
  const own = container.securityContext ?? {}
  const pod = workload.pod.securityContext ?? {}
  const user = own.runAsUser ?? pod.runAsUser
  const chosenByPlatform = openshift && isOursAlone(workload)
  const rules: Readonly<Record<string, boolean>> = {
    'runs as root, or may': (own.runAsNonRoot ?? pod.runAsNonRoot) !== true || user === 0,
    // The image's user is a name, which Kubernetes cannot tell from root.
    'has no runAsUser': user === undefined && !chosenByPlatform,
    'has a fixed user or group': chosenByPlatform && (user !== undefined || pod.fsGroup !== undefined),
    'may write to its root': own.readOnlyRootFilesystem !== true,
    'may gain privileges': own.allowPrivilegeEscalation !== false || own.privileged === true,
    'keeps capabilities': own.capabilities?.drop?.join() !== 'ALL' || own.capabilities.add !== undefined,
    'has no seccomp profile': (own.seccompProfile ?? pod.seccompProfile)?.type !== 'RuntimeDefault',
  }
  return broken(name, rules)
}

/** What is wrong with its probes, its image and what it may use. */
export function runningProblems(ours: OurContainer, { version }: PolicyOptions): string[] {
  const { container, name } = ours
  const { startupProbe, readinessProbe, livenessProbe, resources = {}, ports = [] } = container
  const asks = (probe: IProbe | undefined, path: string) =>
    probe?.httpGet?.path === path && ports.some((port) => port.name === probe.httpGet?.port)
  const rules: Readonly<Record<string, boolean>> = {
    'has no startup probe on /healthz of a port it has': !asks(startupProbe, '/healthz'),
    'has no readiness probe on /readyz of a port it has': !asks(readinessProbe, '/readyz'),
    'has no liveness probe on /healthz of a port it has': !asks(livenessProbe, '/healthz'),
    'requests no cpu or memory': resources.requests?.cpu === undefined || resources.requests.memory === undefined,
    'has no limit of memory': resources.limits?.memory === undefined,
    [`has another image than that of version ${version}`]: container.image !== `kepler-model-server:${version}`,
  }
  return broken(name, rules)
}

/** What is wrong with the volumes it mounts. */
export function mountProblems({ name, workload, mounts }: OurContainer): string[] {
  const volumes = workload.pod.volumes ?? []
  return mounts.flatMap((mount) => {
    const volume = volumes.find((candidate) => candidate.name === mount.name)
    if (!volume) return [`${name} mounts the volume ${mount.name}, which is not there`]
    return volume.emptyDir && volume.emptyDir.sizeLimit === undefined
      ? [`${name} mounts the volume ${mount.name}, which may fill the node's disk`]
      : []
  })
}

/** The rules that are broken, as sentences. */
export function broken(name: string, rules: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(rules).flatMap(([rule, isBroken]) => (isBroken ? [`${name} ${rule}`] : []))
}
