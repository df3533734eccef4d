import { DaemonSet, Deployment } from 'kubernetes-models/apps/v1'
import { ConfigMap, type IContainer, type IPodSpec, type IVolumeMount } from 'kubernetes-models/v1'
import { type Manifest, nameOf } from './manifest.js'

/** Pods of a deployment or daemon set. */
export interface Workload {
  readonly name: string
  readonly strategy: string | undefined
  readonly selector: Labels
  readonly labels: Labels
  readonly pod: IPodSpec
}

export type Labels = Readonly<Record<string, string>>

/** One of our programs in a pod. */
export interface OurContainer {
  readonly name: string
  readonly program: string
  readonly container: IContainer
  readonly workload: Workload
  readonly mounts: readonly IVolumeMount[]
}

const ourImage = /^kepler-model-server:/

/** Every pod template among manifests. */
export function workloadsIn(manifests: readonly Manifest[]): readonly Workload[] {
  return manifests.flatMap((manifest) => {
    const object: unknown = manifest
    if (!Deployment.is(object) && !DaemonSet.is(object)) return []
    const { spec } = object
    const pod = spec?.template.spec
    if (!spec || !pod) return []
    return {
      name: nameOf(manifest),
      strategy: Deployment.is(object) ? object.spec?.strategy?.type : undefined,
      selector: spec.selector.matchLabels ?? {},
      labels: spec.template.metadata?.labels ?? {},
      pod,
    }
  })
}

export function isOurs({ image = '' }: IContainer): boolean {
  return ourImage.test(image)
}

/** Are all containers of the pod ours, so that the pod's own settings are too? */
export function isOursAlone({ pod }: Workload): boolean {
  return pod.containers.every(isOurs)
}

/** Every container that runs one of our programs. */
export function ourContainersIn(manifests: readonly Manifest[]): readonly OurContainer[] {
  return workloadsIn(manifests).flatMap((workload) =>
    workload.pod.containers.filter(isOurs).map((container) => ({
      name: `${workload.name}, container ${container.name}`,
      program: container.command?.[0] ?? '(the image says)',
      container,
      workload,
      mounts: container.volumeMounts ?? [],
    })),
  )
}

/** The values of a config map, if there is one of that name. */
export function configMapIn(manifests: readonly Manifest[], name: string): Labels | undefined {
  for (const manifest of manifests) {
    const object: unknown = manifest
    if (ConfigMap.is(object) && object.metadata?.name === name) return object.data ?? {}
  }
  return undefined
}

/** Do labels match a selector of equalities? */
export function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}

/** Ports that the containers of a pod name. */
export function portsOf({ pod }: Workload): readonly { name: string; port: number }[] {
  return pod.containers.flatMap(({ ports }) =>
    (ports ?? []).map(({ name, containerPort }) => ({ name: name ?? '', port: containerPort })),
  )
}
