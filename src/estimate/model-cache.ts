import { isLoggedFailure, throttledLog } from '../runtime/throttled-log.js'
import { LRUCache } from 'lru-cache'
import { ModelError, messageOf } from '../core/errors.js'
import { backoff } from '../net/backoff.js'
import { withDeadline } from '../runtime/deadline.js'
import { orAborted } from '../runtime/or-aborted.js'
import { type Clock, type Logger, type MonotonicClock, monotonicClock } from '../runtime/ports.js'
import { type UncertaintyStatus, uncertaintyStatus } from './uncertainty-status.js'
import type { LoadedModel, ModelQuery, ModelSource, Provenance } from './model-source.js'

export interface ModelCacheOptions {
  /** Tried in this order; the first that has a model provides it. */
  readonly sources: readonly ModelSource[]
  readonly log: Logger
  readonly clock: Clock
  /** For pauses. @default that of the process */
  readonly monotonic?: MonotonicClock
  /** From 0 to 1, for jitter. */
  readonly random: () => number
  /** Cached models and failures; the least recently used is evicted first. @default 64 */
  readonly maxEntries?: number
  /** Bytes of all cached models together, roughly. @default 67,108,864 */
  readonly maxBytes?: number
  /** Milliseconds after which the sources are tried again for a better model. @default 300,000 */
  readonly refreshEvery?: number
  /** Milliseconds that each source may take. @default 30,000 */
  readonly loadTimeout?: number
  /** Called with the outcome of each attempt to load or renew a model. */
  readonly onLoad?: (outcome: LoadOutcome) => void
}

/** `loaded`: the first one; `changed`: another one than before; `same`: the one that was there. */
export type LoadOutcome = 'loaded' | 'changed' | 'same' | 'failed'

/** Models by everything that decides them. Concurrent requests share one load, and a failure is cached until its retry. */
export interface ModelCache {
  /**
   * The model itself where it is cached, else a promise.
   *
   * @throws ModelError the cached failure, until its retry is due
   */
  get(query: ModelQuery): LoadedModel | Promise<LoadedModel>
  status(): readonly CachedModelStatus[]
  close(): void
}

/** One line of `/info`. */
export interface CachedModelStatus {
  readonly source: string
  readonly output_type: string
  readonly metrics: readonly string[]
  readonly trainer_name: string
  readonly filter: string
  readonly state: 'loading' | 'ready' | 'failed'
  readonly hits: number
  readonly refreshes: number
  /** Failed attempts in a row. */
  readonly failures: number
  readonly model: Provenance | null
  /** How sure the model's watts are, and of which inputs. */
  readonly uncertainty: UncertaintyStatus | null
  readonly error: string | null
  /** When a failed load, or a refresh, is tried next; ISO 8601, UTC. */
  readonly next_try: string | null
}

interface CacheEntry {
  readonly query: ModelQuery
  model: LoadedModel | undefined
  /** The source that loaded the model. */
  from: ModelSource | undefined
  loading: Promise<LoadedModel> | undefined
  error: ModelError | undefined
  failures: number
  /** In monotonic time. */
  nextTry: number
  hits: number
  refreshes: number
}

interface Loaded {
  readonly model: LoadedModel
  readonly from: ModelSource
  /** Whether a source that comes earlier in the order had none, or did not answer. */
  readonly second: boolean
}

/** Milliseconds that a model of a later source serves before the earlier ones are tried again. */
const secondChoice = 30_000
const firstRetry = 5_000
const longestRetry = 300_000

export function createModelCache(options: ModelCacheOptions): ModelCache {
  const { sources, log, clock, random, maxEntries = 64, refreshEvery = 300_000, loadTimeout = 30_000, onLoad } = options
  const { monotonic = monotonicClock, maxBytes = 64 * 2 ** 20 } = options
  const entries = new LRUCache<string, CacheEntry>({ max: maxEntries })
  const closing = new AbortController()
  const throttled = throttledLog({ clock: monotonic })

  /** Rejects after `loadTimeout`, also when `run` ignores its signal. */
  function withinTime<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = () => new ModelError('UNAVAILABLE', `no answer within ${loadTimeout} ms`)
    const deadline = { milliseconds: loadTimeout, signal: closing.signal, late }
    return withDeadline(deadline, (signal) => orAborted(signal, run(signal)))
  }

  async function load({ query, model, from }: CacheEntry): Promise<Loaded> {
    const reasons: string[] = []
    for (const source of sources) {
      try {
        const loaded = await withinTime((signal) => source.load(query, signal))
        return { model: loaded, from: source, second: reasons.length > 0 }
      } catch (error) {
        // A source that cannot be reached at a refresh keeps its model: a later source does not replace it.
        const unreachable = !(error instanceof ModelError && error.code === 'NO_MODEL')
        if (model && from === source && unreachable) throw error
        reasons.push(`${source.name}: ${messageOf(error)}`)
      }
    }
    const why = reasons.length > 0 ? reasons.join('; ') : 'there is nowhere to load a model from'
    throw new ModelError('NO_MODEL', `no ${query.outputType} model for ${query.source}: ${why}`)
  }

  function begin(entry: CacheEntry): Promise<LoadedModel> {
    const loading = load(entry).then(
      (loaded) => succeeded(entry, loaded),
      (error: unknown) => {
        throw failed(entry, error)
      },
    )
    entry.loading = loading
    return loading
  }

  function succeeded(entry: CacheEntry, { model, from, second }: Loaded): LoadedModel {
    const before = entry.model?.provenance
    entry.loading = undefined
    entry.error = undefined
    entry.failures = 0
    entry.nextTry = monotonic() + (second ? Math.min(refreshEvery, secondChoice) : refreshEvery)
    entry.model = model
    entry.from = from
    keepWithinBytes()
    const { provenance } = model
    const fields = { model: provenance.model_name, pipeline: provenance.pipeline, from: provenance.loaded_from }
    const outcome = !before ? 'loaded' : isSame(before, provenance) ? 'same' : 'changed'
    if (outcome === 'loaded') {
      // Clients may ask for the same model with any number of filters.
      const { source, outputType } = entry.query
      throttled(`${fields.pipeline} ${fields.model} ${source} ${outputType}`, (more) =>
        log.info({ ...fields, source, outputType, more }, 'model loaded'),
      )
    } else if (outcome === 'changed') {
      log.info({ ...fields, mae: provenance.mae, before: before?.model_name }, 'another model was loaded')
    }
    onLoad?.(outcome)
    return model
  }

  /** A cached model goes on serving when its refresh fails. */
  function failed(entry: CacheEntry, error: unknown): ModelError {
    entry.loading = undefined
    entry.failures++
    const wait = backoff(entry.failures, { first: Math.min(firstRetry, refreshEvery), longest: longestRetry, random })
    entry.nextTry = monotonic() + wait
    entry.error =
      error instanceof ModelError ? error : new ModelError('UNAVAILABLE', messageOf(error), { cause: error })
    const fields = { source: entry.query.source, outputType: entry.query.outputType, error: entry.error.message }
    if (!closing.signal.aborted) {
      const message = entry.model ? 'the model cannot be renewed and stays' : 'no model could be loaded'
      const details = { ...fields, failures: entry.failures, retryInMs: Math.round(wait) }
      const { source, outputType } = entry.query
      if (!isLoggedFailure(entry.failures)) log.debug(details, message)
      else if (entry.model || entry.failures > 1) log.warn(details, message)
      else throttled(`no ${source} ${outputType}`, (more) => log.warn({ ...details, more }, message))
      onLoad?.('failed')
    }
    return entry.error
  }

  /** The least recently used go until the rest fits. Requests that lead to the same model share it. */
  function keepWithinBytes(): void {
    while (entries.size > 1 && bytesOf([...entries.values()]) > maxBytes) entries.pop()
  }

  function entryFor(query: ModelQuery): CacheEntry {
    const key = keyOf(query)
    const cached = entries.get(key)
    const entry = cached ?? {
      query,
      model: undefined,
      from: undefined,
      loading: undefined,
      error: undefined,
      failures: 0,
      nextTry: 0,
      hits: 0,
      refreshes: 0,
    }
    if (!cached) entries.set(key, entry)
    return entry
  }

  return {
    get(query) {
      const entry = entryFor(query)
      entry.hits++
      if (entry.model) {
        if (!entry.loading && monotonic() >= entry.nextTry) {
          entry.refreshes++
          // `failed` logs and stores a failure; this request is answered by the cached model.
          begin(entry).catch(() => undefined)
        }
        return entry.model
      }
      if (entry.loading) return entry.loading
      if (entry.error && monotonic() < entry.nextTry) throw entry.error
      return begin(entry)
    },

    status: () =>
      [...entries.rvalues()]
        .filter((entry) => entry !== undefined)
        .map(({ query, model, loading, error, failures, hits, refreshes, nextTry }) => ({
          source: query.source,
          output_type: query.outputType,
          metrics: query.metrics,
          trainer_name: query.trainerName,
          filter: query.filter,
          state: model ? 'ready' : loading ? 'loading' : 'failed',
          hits,
          refreshes,
          failures,
          model: model?.provenance ?? null,
          uncertainty: model ? uncertaintyStatus(model.archive.uncertainty) : null,
          error: error?.message ?? null,
          next_try: nextTry > 0 ? new Date(clock() + nextTry - monotonic()).toISOString() : null,
        })),

    close: () => closing.abort(new ModelError('CANCELLED', 'the estimator stops')),
  }
}

function bytesOf(entries: readonly CacheEntry[]): number {
  const models = new Map(entries.flatMap(({ model }) => (model ? [[model.archive, model.bytes] as const] : [])))
  return [...models.values()].reduce((sum, bytes) => sum + bytes, 0)
}

/** Whether it is the same model, whenever it was loaded: a new version of it has other errors. */
function isSame(a: Provenance, b: Provenance): boolean {
  return JSON.stringify({ ...a, loaded_at: '' }) === JSON.stringify({ ...b, loaded_at: '' })
}

function keyOf({ source, outputType, metrics, trainerName, filter }: ModelQuery): string {
  return `${source}\n${outputType}\n${trainerName}\n${filter}\n${metrics.join('\n')}`
}
