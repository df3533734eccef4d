import { createServer, request as forward, type RequestListener } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect } from 'node:net'

export interface HttpProxy {
  readonly url: string
  /** `GET http://host/path` and `CONNECT host:port`, the newest last. */
  readonly asked: string[]
  /** The credentials that came with each request. */
  readonly authorizations: (string | undefined)[]
  /** Whether each connection showed a certificate, where the proxy is asked by https. */
  readonly certified: boolean[]
  close(): Promise<void>
}

/**
 * A proxy as RFC 9110 has it: fetches whole URLs, opens tunnels, or answers everything with `refuses`. With `tls` it is
 * asked by https.
 */
export async function httpProxy(refuses?: number, tls?: ServerOptions): Promise<HttpProxy> {
  const asked: string[] = []
  const authorizations: (string | undefined)[] = []
  const certified: boolean[] = []
  const fetching: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    authorizations.push(request.headers['proxy-authorization'])
    if (refuses !== undefined) return void response.writeHead(refuses).end('<h1>Proxy error</h1>')
    const { 'proxy-authorization': _, ...headers } = request.headers
    const onward = forward(request.url ?? '', { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  }
  const server = tls ? createSecureServer(tls, fetching) : createServer(fetching)
  server.on('secureConnection', (socket) => certified.push(socket.getPeerX509Certificate() !== undefined))
  server.on('connect', (request, socket, head) => {
    asked.push(`CONNECT ${request.url}`)
    authorizations.push(request.headers['proxy-authorization'])
    socket.on('error', () => {})
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} No\r\ncontent-length: 0\r\n\r\n`)
    const { hostname, port } = new URL(`http://${request.url}`)
    const onward = connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''), () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.write(head)
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    authorizations,
    certified,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
