import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../../config/config.js'
import { createNetwork } from '../../net/network.js'
import { networkSettings } from '../../service/network-settings.js'

/** Whether an argument is an http(s) URL, and not a file or name. */
export function isHttpUrl(named: string): boolean {
  return /^https?:\/\//.test(named)
}

/**
 * Downloads a URL to a temporary folder, under `name`, for as long as `use` runs.
 *
 * @throws ModelError `UNAVAILABLE`, `LIMIT_EXCEEDED` or `CANCELLED`
 */
export async function withDownloadedFile<T>(
  url: string,
  name: string,
  config: Config,
  signal: AbortSignal,
  use: (path: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kepler-model-'))
  const network = createNetwork(await networkSettings(config))
  try {
    const { download } = await import('../../registry/download.js')
    const path = join(folder, name)
    await download(url, path, { network, signal, maxBytes: config.DOWNLOAD_MAX_BYTES })
    return await use(path)
  } finally {
    await network.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
