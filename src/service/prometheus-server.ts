import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import type { PrometheusServer } from '../prometheus/server.js'
import { networkSettings } from './network-settings.js'

/** Files of secrets that were named instead of settings. */
export interface SecretFiles {
  readonly bearerTokenFile?: string
  readonly passwordFile?: string
}

/**
 * The Prometheus that the settings describe. A token from a file is read anew for each request, since Kubernetes renews
 * those of service accounts; a file that cannot be read fails the request and not the start.
 *
 * @throws ModelError `INVALID_CONFIG` when another file cannot be read or `PROM_HEADERS` is not `name:value`
 */
export async function prometheusServer(config: Config, options: SecretFiles = {}): Promise<PrometheusServer> {
  const bearerToken = options.bearerTokenFile
    ? tokenIn(options.bearerTokenFile, 'bearer-token-file')
    : config.PROM_BEARER_TOKEN_FILE
      ? tokenIn(config.PROM_BEARER_TOKEN_FILE, 'PROM_BEARER_TOKEN_FILE')
      : config.PROM_BEARER_TOKEN
  const password = options.passwordFile ? await secretIn(options.passwordFile, 'password-file') : config.PROM_PASSWORD
  const ca = config.PROM_CA_FILE === undefined ? undefined : await textIn(config.PROM_CA_FILE, 'PROM_CA_FILE')
  return {
    ...networkSettings(config),
    url: config.PROM_SERVER,
    insecure: config.PROM_SSL_DISABLE,
    idleSeconds: config.PROM_TIMEOUT,
    headers: headersOf(config.PROM_HEADERS),
    ...(bearerToken !== undefined && { bearerToken }),
    ...(config.PROM_USERNAME !== undefined && { username: config.PROM_USERNAME }),
    ...(password !== undefined && { password }),
    ...(ca !== undefined && { ca }),
  }
}

/** `name:value, name:value`. */
function headersOf(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '') continue
    const colon = part.indexOf(':')
    // Checked here, since whoever sends a header that is none would show it in the error.
    if (!/^\s*[\w!#$%&'*+.^`|~-]+\s*:[\t\x20-\x7e]*$/.test(part)) {
      throw new ModelError('INVALID_CONFIG', 'PROM_HEADERS: expected name:value, comma-separated', {
        field: 'PROM_HEADERS',
      })
    }
    headers[part.slice(0, colon).trim().toLowerCase()] = part.slice(colon + 1).trim()
  }
  return headers
}

function tokenIn(path: string, field: string): () => Promise<string> {
  return async () => {
    const token = await secretIn(path, field)
    if (token !== '') return token
    throw new ModelError('INVALID_CONFIG', `${path} is empty, expected a bearer token`, { field })
  }
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
