import { readFile } from 'node:fs/promises'
import { ModelError, messageOf, quote } from '../core/errors.js'
import { askServer } from '../net/http-client.js'
import { createNetwork } from '../net/network.js'
import type { ProxySettings } from '../net/proxies.js'
import { withDeadline } from '../runtime/deadline.js'

export interface KubernetesServer {
  /** The kubelet of this node knows its pods alone; the API server is asked for those of `nodeName`. */
  readonly kind: 'kubelet' | 'apiserver'
  /** A host, `host:port` or a URL. @default the usual address of each */
  readonly address?: string | undefined
  readonly nodeName: string
  readonly tokenFile: string
  /** @default the service account's for the API server; the kubelet's own certificate is not checked, as Kepler does */
  readonly caFile?: string | undefined
  /** For the API server. */
  readonly proxies?: ProxySettings | undefined
}

const usualHosts = { kubelet: '127.0.0.1', apiserver: 'kubernetes.default.svc' } as const
const usualPorts = { kubelet: 10250, apiserver: 443 } as const
const serviceAccountCa = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'
const longestAnswer = 64 * 2 ** 20
const patience = 10_000

/**
 * Asks for the pods of this node. The token is read anew each time, as Kubernetes renews it.
 *
 * @throws ModelError `INVALID_CONFIG` when its address is none; each question `UNAVAILABLE` when there is no answer, or one
 *   that is too long
 */
export function podsOf(server: KubernetesServer): (signal: AbortSignal) => Promise<string> {
  const { kind, nodeName, tokenFile } = server
  const caFile = server.caFile ?? (kind === 'apiserver' ? serviceAccountCa : undefined)
  const address = addressOf(server)
  const base = address.pathname.replace(/\/+$/, '')
  address.pathname = kind === 'kubelet' ? `${base}/pods` : `${base}/api/v1/pods`
  if (kind === 'apiserver')
    address.search = new URLSearchParams({ fieldSelector: `spec.nodeName=${nodeName}` }).toString()

  // The kubelet is on this node: no proxy stands before it.
  const proxies = kind === 'kubelet' ? {} : server.proxies
  const tls = async () => {
    if (caFile === undefined) return { insecure: kind === 'kubelet' }
    return { ca: await readFile(caFile, 'utf8') }
  }

  async function ask(signal: AbortSignal): Promise<string> {
    const token = (await readFile(tokenFile, 'utf8')).trim()
    const network = createNetwork({ ...proxies, tls })
    try {
      const headers = { accept: 'application/json' }
      const credentials = { authorization: `Bearer ${token}` }
      const answer = await askServer(network, address.href, { headers, credentials, signal, name: 'it' })
      if (answer.status === 200) return String(await answer.bytes(longestAnswer))
      await answer.discard()
      throw new Error(answer.said)
    } finally {
      await network.close()
    }
  }

  return async (signal) => {
    const late = () => new Error(`no answer within ${patience / 1000} s`)
    try {
      return await withDeadline({ milliseconds: patience, signal, late }, ask)
    } catch (cause) {
      throw new ModelError('UNAVAILABLE', `${kind} ${address.origin}: ${messageOf(cause)}`, { cause })
    }
  }
}

function addressOf({ kind, address = usualHosts[kind] }: KubernetesServer): URL {
  // An IPv6 address as Kubernetes tells it stands alone.
  const host = /^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(address) ? `[${address}]` : address
  const hasPort = /:\d+$/.test(host)
  const text = address.includes('://') ? address : `https://${host}${hasPort ? '' : `:${usualPorts[kind]}`}`
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined
  if (protocol === 'https:' || protocol === 'http:') return new URL(text)
  throw new ModelError(
    'INVALID_CONFIG',
    `METER_KUBE_ADDRESS: expected a host, host:port or URL, got ${quote(address)}`,
    {
      field: 'METER_KUBE_ADDRESS',
    },
  )
}
