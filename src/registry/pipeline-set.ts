import { messageOf } from '../core/errors.js'
import { backoff } from '../net/backoff.js'
import { type MonotonicClock, monotonicClock, silentLogger } from '../runtime/ports.js'
import { pipelineSignature } from './find-pipelines.js'
import { type LoadPipelineOptions, loadPipeline, type PipelineLocation } from './load-pipeline.js'
import type { Pipeline } from './pipeline.js'

export interface PipelineSetOptions extends LoadPipelineOptions {
  /** For pauses. @default that of the process */
  readonly monotonic?: MonotonicClock | undefined
  /** Reports what cannot be read; called once for each version that cannot. */
  readonly onError?: (origin: string, error: unknown) => void
  /** Reports that what could not be read can be read now, or is gone. */
  readonly onRecovered?: (origin: string) => void
}

/** The loaded pipelines, brought up to date with their files. */
export interface PipelineSet {
  /**
   * Loads what is new or changed, drops what is gone, and keeps the previous version of what cannot be read now.
   * `undefined` when nothing changed. One call at a time.
   */
  update(locations: readonly PipelineLocation[]): Promise<readonly Pipeline[] | undefined>
  /** Closes what `update` dropped. Only when no request uses those pipelines any more. */
  closeDropped(): void
  close(): void
}

interface Member {
  readonly signature: string
  readonly pipeline: Pipeline
}

interface Failure {
  readonly signature: string
  /** Attempts at this version that failed. */
  readonly count: number
  /** In monotonic time. */
  readonly retryAt: number
}

const pauses = { first: 1000, longest: 60_000 }

export function createPipelineSet(options: PipelineSetOptions = {}): PipelineSet {
  const { monotonic = monotonicClock, logger = silentLogger, onError = () => {}, onRecovered = () => {} } = options
  const members = new Map<string, Member>()
  const failures = new Map<string, Failure>()
  let dropped: Pipeline[] = []

  /** Brings one pipeline up to date; whether that changed it. */
  async function updateOne(location: PipelineLocation): Promise<boolean> {
    const { name, path } = location
    const member = members.get(name)
    const failed = failures.get(path)
    let signature = 'absent'
    try {
      signature = pipelineSignature(location)
      if (member?.signature === signature && member.pipeline.store.origin === path) {
        recovered(path)
        return false
      }
      // A file that is still being written is complete soon; a damaged one is tried less and less often.
      if (failed?.signature === signature && monotonic() < failed.retryAt) return false
      const pipeline = await loadPipeline(location, options)
      members.set(name, { signature, pipeline })
      recovered(path)
      if (member) dropped.push(member.pipeline)
      return true
    } catch (error) {
      // Stopped on purpose: that says nothing of the pipeline.
      if (options.signal?.aborted) return false
      const count = failed?.signature === signature ? failed.count + 1 : 1
      failures.set(path, { signature, count, retryAt: monotonic() + backoff(count, pauses) })
      if (failed?.signature !== signature) {
        onError(path, error)
        const stays = member ? ', the previous version stays' : ''
        logger.error({ pipeline: name, origin: path, reason: messageOf(error) }, `pipeline cannot be read${stays}`)
      }
      return false
    }
  }

  function recovered(path: string): void {
    if (failures.delete(path)) onRecovered(path)
  }

  return {
    async update(locations) {
      let changed = false
      for (const location of locations) changed = (await updateOne(location)) || changed
      const names = new Set(locations.map(({ name }) => name))
      for (const [name, { pipeline }] of members) {
        if (names.has(name)) continue
        members.delete(name)
        dropped.push(pipeline)
        logger.info({ pipeline: name, origin: pipeline.store.origin }, 'pipeline is gone')
        changed = true
      }
      const paths = new Set(locations.map(({ path }) => path))
      for (const path of failures.keys()) if (!paths.has(path)) recovered(path)
      return changed ? [...members.values()].map(({ pipeline }) => pipeline) : undefined
    },
    closeDropped() {
      for (const { store } of dropped) store.close()
      dropped = []
    },
    close() {
      for (const { pipeline } of members.values()) dropped.push(pipeline)
      members.clear()
      this.closeDropped()
    },
  }
}
