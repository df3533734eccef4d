import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { PrometheusServer } from '../prometheus/client.js'

/** Files of secrets that were named instead of settings. */
export interface SecretFiles {
  readonly bearerTokenFile?: string
  readonly passwordFile?: string
}

/**
 * The Prometheus that the settings describe.
 *
 * @throws ModelError `INVALID_CONFIG` when a file cannot be read or `PROM_HEADERS` is not `name:value`
 */
export async function prometheusServer(config: Config, options: SecretFiles = {}): Promise<PrometheusServer> {
  const bearerToken = options.bearerTokenFile
    ? await secretIn(options.bearerTokenFile, 'bearer-token-file')
    : config.PROM_BEARER_TOKEN
  const password = options.passwordFile ? await secretIn(options.passwordFile, 'password-file') : config.PROM_PASSWORD
  const ca = config.PROM_CA_FILE === undefined ? undefined : await textIn(config.PROM_CA_FILE, 'PROM_CA_FILE')
  return {
    url: config.PROM_SERVER,
    insecure: config.PROM_SSL_DISABLE,
    connectSeconds: config.CONNECT_TIMEOUT,
    headers: headersOf(config.PROM_HEADERS),
    ...(bearerToken !== undefined && { bearerToken }),
    ...(config.PROM_USERNAME !== undefined && { username: config.PROM_USERNAME }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
    ...(config.HTTP_PROXY !== undefined && { httpProxy: config.HTTP_PROXY }),
    ...(config.HTTPS_PROXY !== undefined && { httpsProxy: config.HTTPS_PROXY }),
    ...(config.NO_PROXY !== undefined && { noProxy: config.NO_PROXY }),
  }
}

/** `name:value, name:value`. */
function headersOf(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '') continue
    const colon = part.indexOf(':')
    if (colon < 1)
      throw new ModelError('INVALID_CONFIG', 'PROM_HEADERS: expected name:value, comma-separated', {
        field: 'PROM_HEADERS',
      })
    headers[part.slice(0, colon).trim().toLowerCase()] = part.slice(colon + 1).trim()
  }
  return headers
}

async function secretIn(path: string, field: string): Promise<string> {
  return (await textIn(path, field)).trim()
}

async function textIn(path: string, field: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `${path} cannot be read: ${messageOf(cause)}`, { cause, field })
  }
}
