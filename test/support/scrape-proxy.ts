import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ScrapeProxy {
  readonly port: number
  /** While it is set, the counters of containers are what it gives instead of their values. */
  garbage: (() => number) | undefined
  close(): Promise<void>
}

/** Stands between a Prometheus and an exporter on this machine, and spoils what is scraped when a test wants it. */
export async function startScrapeProxy(exporterPort: number): Promise<ScrapeProxy> {
  const proxy: { garbage: ScrapeProxy['garbage'] } = { garbage: undefined }
  const server = createServer(async (_request, response) => {
    try {
      const answer = await fetch(`http://127.0.0.1:${exporterPort}/metrics`)
      const text = await answer.text()
      const type = answer.headers.get('content-type') ?? 'text/plain'
      response.writeHead(answer.status, { 'content-type': type }).end(spoiled(text, proxy.garbage))
    } catch (error) {
      response.writeHead(502).end(String(error))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function spoiled(text: string, garbage: ScrapeProxy['garbage']): string {
  if (garbage === undefined) return text
  return text.replace(/^(kepler_container_(?!.*joules)\S*\{.*\}) \S+$/gm, (_line, series) => `${series} ${garbage()}`)
}
