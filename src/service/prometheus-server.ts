import type { Config } from '../config/config.js'
import { ModelError } from '../core/errors.js'
import { meterMetrics } from '../extract/measurements.js'
import type { TlsSettings } from '../net/tls.js'
import type { PrometheusServer } from '../prometheus/server.js'
import { measurementSettings } from './measurement-settings.js'
import { expectUsable, networkSettings, trustedAuthorities } from './network-settings.js'
import { prometheusSigner } from './prometheus-signer.js'
import { secretFile, settingFile } from './setting-file.js'

/** Files of secrets that were named instead of settings. */
export interface SecretFiles {
  readonly bearerTokenFile?: string
  readonly passwordFile?: string
}

/**
 * The Prometheus that the settings describe. Tokens and certificates in files are read anew for each request, since
 * Kubernetes renews them; a token that cannot be read fails the request and not the start.
 *
 * @throws ModelError `INVALID_CONFIG` when another setting or file cannot be used
 */
export async function prometheusServer(config: Config, options: SecretFiles = {}): Promise<PrometheusServer> {
  const bearerToken = options.bearerTokenFile
    ? tokenIn(options.bearerTokenFile, 'bearer-token-file')
    : config.PROM_BEARER_TOKEN_FILE
      ? tokenIn(config.PROM_BEARER_TOKEN_FILE, 'PROM_BEARER_TOKEN_FILE')
      : config.PROM_BEARER_TOKEN
  const password = options.passwordFile ? await secretFile(options.passwordFile, 'password-file') : config.PROM_PASSWORD
  const tls = () => tlsSettings(config)
  await expectUsable(tls, config.PROM_CERT_FILE === undefined ? 'PROM_CA_FILE' : 'PROM_CERT_FILE')
  const network = await networkSettings(config)
  const sign = prometheusSigner(config, network)
  if (sign && (bearerToken !== undefined || config.PROM_USERNAME !== undefined)) {
    const message = 'PROM_SIGV4_REGION: requests that are signed take no bearer token and no user name'
    throw new ModelError('INVALID_CONFIG', message, { field: 'PROM_SIGV4_REGION' })
  }
  return {
    ...network,
    tls,
    ...(sign && { sign }),
    url: config.PROM_SERVER,
    idleSeconds: config.PROM_TIMEOUT,
    headers: headersOf(config.PROM_HEADERS),
    ...(await selectedSeries(config)),
    ...(bearerToken !== undefined && { bearerToken }),
    ...(config.PROM_USERNAME !== undefined && { username: config.PROM_USERNAME }),
    ...(password !== undefined && { password }),
  }
}

async function tlsSettings(config: Config): Promise<TlsSettings> {
  const { PROM_CA_FILE: caFile, PROM_CERT_FILE: certFile, PROM_KEY_FILE: keyFile } = config
  if (keyFile !== undefined && certFile === undefined) {
    const message = 'PROM_KEY_FILE is the key of a certificate: set PROM_CERT_FILE too'
    throw new ModelError('INVALID_CONFIG', message, { field: 'PROM_CERT_FILE' })
  }
  return {
    insecure: config.PROM_SSL_DISABLE,
    ...(caFile === undefined ? await trustedAuthorities(config) : { ca: await settingFile(caFile, 'PROM_CA_FILE') }),
    ...(certFile !== undefined && {
      cert: await settingFile(certFile, 'PROM_CERT_FILE'),
      key: await settingFile(keyFile ?? certFile, 'PROM_KEY_FILE'),
    }),
  }
}

async function selectedSeries(config: Config): Promise<Pick<PrometheusServer, 'matchers' | 'unmatched'>> {
  const { select, meters } = await measurementSettings(config)
  return { matchers: select, unmatched: [...meterMetrics(meters)] }
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
    const token = await secretFile(path, field)
    if (token !== '') return token
    throw new ModelError('INVALID_CONFIG', `${path} is empty, expected a bearer token`, { field })
  }
}
