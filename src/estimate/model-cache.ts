import { withDeadline } from '../runtime/deadline.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { Clock, Logger } from '../runtime/ports.js'
import type { LoadedModel, ModelQuery, ModelSource, Provenance } from './model-source.js'

export interface ModelCacheOptions {
  /** Asked in this order; the first that has a model gives it. */
  readonly sources: readonly ModelSource[]
  readonly log: Logger
  readonly clock: Clock
  /** From 0 to 1, for jitter. */
  readonly random: () => number
  /** Models and failures that are kept; the one that was not used for longest leaves first. @default 64 */
  readonly maxKept?: number
  /** Milliseconds after which a source is asked again whether it has a better model. @default 300,000 */
  readonly refreshEvery?: number
  /** Milliseconds that each source may take. @default 30,000 */
  readonly loadTimeout?: number
  /** Told what came of each attempt to load or renew a model. */
  readonly onLoad?: (outcome: LoadOutcome) => void
}

/** `loaded`: the first one; `changed`: another one than before; `same`: the one that was there. */
export type LoadOutcome = 'loaded' | 'changed' | 'same' | 'failed'

/** Models by everything that decides them. Each is loaded once while others wait, and failures are remembered for a while. */
export interface ModelCache {
  /**
   * The model at once where it is kept, else a promise.
   *
   * @throws ModelError the remembered failure, until it is time to try again
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
  readonly error: string | null
  /** When a failed load, or a refresh, is tried next; ISO 8601, UTC. */
  readonly next_try: string | null
}

interface Kept {
  readonly query: ModelQuery
  model: LoadedModel | undefined
  /** Who gave the model. */
  from: ModelSource | undefined
  loading: Promise<LoadedModel> | undefined
  error: ModelError | undefined
  failures: number
  nextTry: number
  hits: number
  refreshes: number
}

interface Loaded {
  readonly model: LoadedModel
  readonly from: ModelSource
  /** Whether a source that is asked earlier had none, or did not answer. */
  readonly second: boolean
}

/** How long a model of a later source serves before the earlier ones are asked again. */
const secondChoice = 30_000
const firstRetry = 5_000
const longestRetry = 300_000

export function createModelCache(options: ModelCacheOptions): ModelCache {
  const { sources, log, clock, random, maxKept = 64, refreshEvery = 300_000, loadTimeout = 30_000, onLoad } = options
  const kept = new Map<string, Kept>()
  const closing = new AbortController()

  /** Gives up after `loadTimeout`, also on what ignores its signal. */
  function withinTime<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = () => new ModelError('UNAVAILABLE', `no answer within ${loadTimeout} ms`)
    return withDeadline({ milliseconds: loadTimeout, signal: closing.signal, late }, (signal) => {
      const given = new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason)
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      })
      return Promise.race([run(signal), given])
    })
  }

  async function load({ query, model, from }: Kept): Promise<Loaded> {
    const reasons: string[] = []
    for (const source of sources) {
      try {
        const loaded = await withinTime((signal) => source.load(query, signal))
        return { model: loaded, from: source, second: reasons.length > 0 }
      } catch (error) {
        // A source that is away at a refresh does not lose its model to a later source.
        const away = !(error instanceof ModelError && error.code === 'NO_MODEL')
        if (model && from === source && away) throw error
        reasons.push(`${source.name}: ${messageOf(error)}`)
      }
    }
    const why = reasons.length > 0 ? reasons.join('; ') : 'there is nowhere to load a model from'
    throw new ModelError('NO_MODEL', `no ${query.outputType} model for ${query.source}: ${why}`)
  }

  function begin(entry: Kept): Promise<LoadedModel> {
    const loading = load(entry).then(
      (loaded) => succeeded(entry, loaded),
      (error: unknown) => {
        throw failed(entry, error)
      },
    )
    entry.loading = loading
    return loading
  }

  function succeeded(entry: Kept, { model, from, second }: Loaded): LoadedModel {
    const before = entry.model?.provenance
    entry.loading = undefined
    entry.error = undefined
    entry.failures = 0
    entry.nextTry = clock() + (second ? Math.min(refreshEvery, secondChoice) : refreshEvery)
    entry.model = model
    entry.from = from
    const { provenance } = model
    const fields = { model: provenance.model_name, pipeline: provenance.pipeline, from: provenance.loaded_from }
    const outcome = !before ? 'loaded' : isSame(before, provenance) ? 'same' : 'changed'
    if (outcome === 'loaded') {
      log.info({ ...fields, source: entry.query.source, outputType: entry.query.outputType }, 'model loaded')
    } else if (outcome === 'changed') {
      log.info({ ...fields, mae: provenance.mae, before: before?.model_name }, 'another model was loaded')
    }
    onLoad?.(outcome)
    return model
  }

  /** A model that is kept goes on serving when its refresh fails. */
  function failed(entry: Kept, error: unknown): ModelError {
    entry.loading = undefined
    const first = Math.min(firstRetry, refreshEvery)
    const wait = Math.min(longestRetry, first * 2 ** Math.min(entry.failures, 20)) * (0.75 + 0.5 * random())
    entry.failures++
    entry.nextTry = clock() + wait
    entry.error =
      error instanceof ModelError ? error : new ModelError('UNAVAILABLE', messageOf(error), { cause: error })
    const fields = { source: entry.query.source, outputType: entry.query.outputType, error: entry.error.message }
    if (!closing.signal.aborted) {
      const message = entry.model ? 'the model cannot be renewed and stays' : 'no model could be loaded'
      log.warn({ ...fields, failures: entry.failures, retryInMs: Math.round(wait) }, message)
      onLoad?.('failed')
    }
    return entry.error
  }

  function entryFor(query: ModelQuery): Kept {
    const key = keyOf(query)
    const known = kept.get(key)
    const entry = known ?? {
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
    // The last of the map is the one used last.
    if (known) kept.delete(key)
    kept.set(key, entry)
    if (kept.size > maxKept) kept.delete(kept.keys().next().value ?? '')
    return entry
  }

  return {
    get(query) {
      const entry = entryFor(query)
      entry.hits++
      if (entry.model) {
        if (!entry.loading && clock() >= entry.nextTry) {
          entry.refreshes++
          // Its failure is logged and kept by `failed`; this request is answered by the model that is there.
          begin(entry).catch(() => undefined)
        }
        return entry.model
      }
      if (entry.loading) return entry.loading
      if (entry.error && clock() < entry.nextTry) throw entry.error
      return begin(entry)
    },

    status: () =>
      [...kept.values()].map(({ query, model, loading, error, failures, hits, refreshes, nextTry }) => ({
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
        error: error?.message ?? null,
        next_try: nextTry > 0 ? new Date(nextTry).toISOString() : null,
      })),

    close: () => closing.abort(new ModelError('CANCELLED', 'the estimator stops')),
  }
}

/** Whether it is the same model, whenever it was loaded: a new version of it has other errors. */
function isSame(a: Provenance, b: Provenance): boolean {
  return JSON.stringify({ ...a, loaded_at: '' }) === JSON.stringify({ ...b, loaded_at: '' })
}

function keyOf({ source, outputType, metrics, trainerName, filter }: ModelQuery): string {
  return `${source}\n${outputType}\n${trainerName}\n${filter}\n${metrics.join('\n')}`
}
