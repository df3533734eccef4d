import * as z from 'zod'
import type { PodName } from '../meter/attribution/account.js'

/** Most containers that are kept: a node runs a few hundred. */
const mostContainers = 20_000
const name = z.string().max(1000)
const status = z.object({ name, containerID: name.optional() })
const statuses = z.array(status).max(1000).nullish()
const podList = z.object({
  items: z
    .array(
      z.object({
        metadata: z.object({ uid: name, name, namespace: name.default('') }),
        status: z
          .object({
            containerStatuses: statuses,
            initContainerStatuses: statuses,
            ephemeralContainerStatuses: statuses,
          })
          .nullish(),
      }),
    )
    .max(10_000)
    .nullable(),
})

/**
 * Containers by id, from a `PodList` of the kubelet or the API server.
 *
 * @throws Error when it is no such list
 */
export function containersOfPodList(text: string): ReadonlyMap<string, PodName> {
  const { items } = podList.parse(JSON.parse(text))
  const containers = new Map<string, PodName>()
  for (const { metadata, status: of } of items ?? []) {
    const all = [of?.containerStatuses, of?.initContainerStatuses, of?.ephemeralContainerStatuses]
    for (const { name: containerName, containerID } of all.flatMap((list) => list ?? [])) {
      // `containerd://<id>`; empty while it is being made.
      const id = containerID?.replace(/^[\w-]+:\/\//, '')
      if (!id || containers.size >= mostContainers) continue
      containers.set(id, { podId: metadata.uid, podName: metadata.name, namespace: metadata.namespace, containerName })
    }
  }
  return containers
}
