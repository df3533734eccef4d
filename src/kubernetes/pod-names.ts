import { messageOf } from '../core/errors.js'
import type { PodName, PodNames } from '../meter/attribution/account.js'
import type { Logger, MonotonicClock } from '../runtime/ports.js'
import { throttledLog } from '../runtime/throttled-log.js'
import { containersOfPodList } from './pod-list.js'

export interface WatchedPodNames extends PodNames {
  /** Asks once now. Never throws: a failure is logged, and names stay as they were. */
  refresh(): Promise<void>
  close(): void
}

export interface PodNamesOptions {
  /** Gets the `PodList` of this node as text. */
  readonly fetchPods: (signal: AbortSignal) => Promise<string>
  readonly logger: Logger
  readonly clock: MonotonicClock
}

/** Milliseconds between two questions: regularly, and at the earliest after a container that is not known. */
const regularly = 60_000
const soon = 5_000
/** Containers that the kubelet does not know either, such as the pause container of each pod, are not asked for again. */
const mostUnknown = 20_000

/** Names of pods and containers, kept in memory and renewed in the background. */
export function watchPodNames({ fetchPods, logger, clock }: PodNamesOptions): WatchedPodNames {
  let known: ReadonlyMap<string, PodName> = new Map()
  const unknown = new Set<string>()
  const log = throttledLog({ clock })
  const stopped = new AbortController()
  let askedAt = Number.NEGATIVE_INFINITY
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    askedAt = clock()
    try {
      known = containersOfPodList(await fetchPods(stopped.signal))
    } catch (error) {
      if (stopped.signal.aborted) return
      log('pods', (more) => logger.warn({ more }, `pods have no names: ${messageOf(error)}`))
    }
  }

  const refresh = () => {
    asking ??= ask().finally(() => {
      asking = undefined
    })
    return asking
  }

  return {
    lookup(containerId) {
      const found = known.get(containerId)
      const now = clock()
      const since = now - askedAt
      const isNew = !found && !unknown.has(containerId)
      if (since >= regularly || (isNew && since >= soon)) {
        if (unknown.size >= mostUnknown) unknown.clear()
        if (isNew) unknown.add(containerId)
        void refresh()
      }
      return found
    },
    refresh,
    close: () => stopped.abort(),
  }
}
