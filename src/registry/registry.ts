import { isLoggedFailure } from '../runtime/throttled-log.js'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fileSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { backoff } from '../net/backoff.js'
import { shownUrl } from '../net/shown-url.js'
import { type Clock, type Logger, silentLogger } from '../runtime/ports.js'
import type { DownloadOptions } from './download.js'
import { findPipelines, pipelineAt } from './find-pipelines.js'
import type { PipelineLocation } from './load-pipeline.js'
import type { Pipeline } from './pipeline.js'
import { createPipelineErrors, type PipelineError } from './pipeline-errors.js'
import { pipelineNameOf } from './pipeline-name.js'
import { createPipelineSet } from './pipeline-set.js'

export interface RegistryOptions {
  /** Folder of the pipelines; downloads and cached indexes go here too. */
  readonly modelPath: string
  /** Pipeline zips to have: http, https (downloaded) or file (opened where they are). */
  readonly urls?: readonly string[]
  /** Pipelines that answer only when no other has the source: name and path. */
  readonly lastResort?: readonly { readonly name: string; readonly path: string }[]
  /**
   * Called with all pipelines whenever one of them changed, the first time before `openRegistry` returns, one call at a
   * time. The files of pipelines that are no longer among them are closed when it is done.
   */
  readonly onChange: (pipelines: readonly Pipeline[]) => void | Promise<void>
  /** Milliseconds between two looks at the files; 0 looks only when `refresh` is called. @default 2000 */
  readonly pollInterval?: number
  readonly download?: Omit<DownloadOptions, 'signal' | 'onProgress' | 'verify' | 'logger'>
  readonly onProgress?: (url: string, done: number, total: number | undefined) => void
  readonly clock?: Clock
  /** From 0 to 1, for pauses between downloads that fail. */
  readonly random?: () => number
  readonly logger?: Logger
}

/** A download as `/readyz` shows it. */
export interface RunningDownload {
  /** Without credentials. */
  readonly url: string
  /** Bytes that have arrived. */
  readonly bytes: number
  /** Bytes of the whole file; null where the server does not say. */
  readonly total: number | null
}

/** Follows the pipelines of a folder and of URLs: always the newest that can be read. */
export interface Registry {
  /** What could not be read or downloaded, latest last, bounded. */
  errors(): readonly PipelineError[]
  /** Downloads that run. */
  downloads(): readonly RunningDownload[]
  /** Settles when every URL was downloaded or given up for now; it never rejects. `errors()` has the failures. */
  readonly downloaded: Promise<void>
  /** Looks at the files now. Requests that run meanwhile are answered from the pipelines as they were. */
  refresh(): Promise<void>
  /** Stops downloads and polling and closes all files. */
  close(): Promise<void>
}

const defaultPollInterval = 2000
const maxErrors = 20
const downloadPauses = { first: 30_000, longest: 600_000 }

/**
 * Opens a registry. What is on disk is served at once; downloads go on in the background (`downloaded`), and those that
 * fail are tried again for as long as the registry is open.
 *
 * @throws ModelError `INVALID_CONFIG` when a URL does not name a pipeline
 */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const { modelPath, urls = [], lastResort = [], logger = silentLogger, clock = Date.now } = options
  const { random = Math.random } = options
  const stop = new AbortController()
  const pipelineErrors = createPipelineErrors(clock, maxErrors)
  const { report } = pipelineErrors
  const set = createPipelineSet({
    cacheFolder: indexFolder(modelPath),
    clock,
    logger,
    signal: stop.signal,
    onError: report,
    onRecovered: pipelineErrors.resolve,
  })
  const remote = urls.filter((url) => !url.startsWith('file:')).map((url) => ({ url, name: pipelineNameOf(url) }))
  const local = urls
    .filter((url) => url.startsWith('file:'))
    .map((url) => ({ name: pipelineNameOf(url), path: fileURLToPath(url) }))

  async function look(): Promise<void> {
    const next = await set.update(locations(modelPath, [...local, ...lastResort], report))
    pipelineErrors.resolve(modelPath)
    if (!next || stop.signal.aborted) return
    await options.onChange(next)
    // Requests are answered within one turn, so none is still reading from what was just replaced.
    set.closeDropped()
  }

  let last: Promise<void> = Promise.resolve()
  function refresh(): Promise<void> {
    last = last.then(look).catch((error) => {
      if (stop.signal.aborted) return
      report(modelPath, error)
      logger.error({ origin: modelPath, reason: messageOf(error) }, 'pipelines cannot be looked at')
    })
    return last
  }

  const downloads = new Map<string, RunningDownload>()
  /** Failed downloads in a row, by URL. */
  const failedDownloads = new Map<string, number>()

  async function fetchPipeline(url: string, name: string): Promise<boolean> {
    const shown = shownUrl(new URL(url))
    downloads.set(url, { url: shown, bytes: 0, total: null })
    try {
      // The HTTP client takes a tenth of a second to load: whoever has all pipelines on disk does without.
      const { download } = await import('./download.js')
      const result = await download(url, join(modelPath, `${name}.zip`), {
        ...options.download,
        signal: stop.signal,
        verify: expectPipelineZip,
        logger,
        onProgress(done, total) {
          downloads.set(url, { url: shown, bytes: done, total: total ?? null })
          options.onProgress?.(url, done, total)
        },
      })
      logger.info({ pipeline: name, url, result }, 'pipeline downloaded')
      pipelineErrors.resolve(url)
      failedDownloads.delete(url)
      await refresh()
      return true
    } catch (error) {
      if (!stop.signal.aborted) {
        report(url, error)
        const failures = (failedDownloads.get(url) ?? 0) + 1
        failedDownloads.set(url, failures)
        const log = isLoggedFailure(failures) ? logger.error : logger.debug
        log({ pipeline: name, url, failures, reason: messageOf(error) }, 'pipeline cannot be downloaded')
      }
      return false
    } finally {
      downloads.delete(url)
    }
  }

  const timers = new Set<NodeJS.Timeout>()
  function later(milliseconds: number, action: () => Promise<unknown>): void {
    if (stop.signal.aborted) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      void action()
    }, milliseconds)
    timer.unref()
    timers.add(timer)
  }
  async function keepFetching(url: string, name: string, failures = 0): Promise<void> {
    if (await fetchPipeline(url, name)) return
    later(backoff(failures + 1, { ...downloadPauses, random }), () => keepFetching(url, name, failures + 1))
  }
  const pollInterval = options.pollInterval ?? defaultPollInterval
  async function poll(): Promise<void> {
    await refresh()
    later(pollInterval, poll)
  }

  await refresh()
  if (pollInterval > 0) later(pollInterval, poll)
  const downloaded = Promise.all(remote.map(({ url, name }) => keepFetching(url, name)))

  return {
    errors: pipelineErrors.list,
    downloads: () => [...downloads.values()],
    downloaded: downloaded.then(() => {}),
    refresh,
    async close() {
      stop.abort()
      for (const timer of timers) clearTimeout(timer)
      await downloaded
      await last
      await options.onChange([])
      set.close()
    },
  }
}

/** Where the indexes of pipelines are cached between two starts. */
export function indexFolder(modelPath: string): string {
  return join(modelPath, '.index')
}

/** Each name once: a pipeline of the folder comes before one that is named elsewhere. */
function locations(
  modelPath: string,
  named: readonly { readonly name: string; readonly path: string }[],
  report: (origin: string, error: unknown) => void,
): readonly PipelineLocation[] {
  const found = new Map<string, PipelineLocation>()
  for (const location of findPipelines(modelPath)) found.set(location.name, location)
  for (const { name, path } of named) {
    try {
      if (!found.has(name)) found.set(name, pipelineAt(path, name))
    } catch (error) {
      report(path, error)
    }
  }
  return [...found.values()]
}

/** An error page that comes with status 200 never takes the place of a pipeline. */
function expectPipelineZip(path: string): void {
  const source = fileSource(path)
  try {
    const names = [...openZip(source).entries.keys()]
    if (names.some((name) => /^(?:[^/]+\/)?metadata\.json$/.test(name))) return
  } finally {
    source.close()
  }
  throw new ModelError('INVALID_ARCHIVE', `${quote(path)} is no pipeline: it has no metadata.json`)
}
