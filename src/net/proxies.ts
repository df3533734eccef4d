import { ModelError } from '../core/errors.js'
import { noProxy } from './no-proxy.js'

export interface ProxySettings {
  /** Proxy for http URLs, `http://user:password@host:port`. */
  readonly httpProxy?: string | undefined
  /** Proxy for https URLs. */
  readonly httpsProxy?: string | undefined
  /** What is reached without a proxy, see `noProxy`. */
  readonly noProxy?: string | undefined
}

export interface HttpProxy {
  /** `http://host:port`, as it may be shown. */
  readonly origin: string
  /** The value of `Proxy-Authorization`, where the URL has credentials. */
  readonly authorization: string | undefined
}

/** The proxy that a URL is asked through. @throws ModelError `INVALID_CONFIG` for a setting that is wrong */
export function proxyFor(settings: ProxySettings): (url: URL) => HttpProxy | undefined {
  const http = settings.httpProxy ? proxyAt(settings.httpProxy, 'HTTP_PROXY') : undefined
  const https = settings.httpsProxy ? proxyAt(settings.httpsProxy, 'HTTPS_PROXY') : undefined
  if (!http && !https) return () => undefined
  const isDirect = noProxy(settings.noProxy ?? '')
  return (url) => (isDirect(url) ? undefined : url.protocol === 'https:' ? https : http)
}

function proxyAt(text: string, field: string): HttpProxy {
  try {
    const { origin, username, password } = new URL(text)
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    const authorization = credentials === ':' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
    return { origin, authorization }
  } catch {
    // Neither the text nor the error is shown: they may hold a password.
    throw new ModelError('INVALID_CONFIG', `${field} is no URL of a proxy, as http://user:password@host:port`, {
      field,
    })
  }
}
