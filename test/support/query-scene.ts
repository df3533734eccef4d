import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'node:test'
import { type ClientOptions, type PrometheusServerClient, prometheusClient } from '../../src/prometheus/client.js'
import type { PrometheusServer } from '../../src/prometheus/server.js'

export type QueryHandler = (request: IncomingMessage, response: ServerResponse, query: URLSearchParams) => void

export const queryRange = { start: 1000, end: 1030, step: 3 }
export const queryRequest = { metricPrefix: 'kepler_', range: queryRange, identity: 'test' }
export const quickRetries = { delay: 1, random: () => 0 }

/** Answers as Prometheus does: three metrics, of which two match, and one series whose value is its time. */
export const healthyPrometheus: QueryHandler = (request, response, query) => {
  response.setHeader('content-type', 'application/json')
  if (request.url?.includes('/label/')) {
    response.end(JSON.stringify({ status: 'success', data: ['up', 'kepler_b', 'kepler_a'] }))
    return
  }
  const values: [number, string][] = []
  const [start, end, step] = ['start', 'end', 'step'].map((key) => Number(query.get(key)))
  for (let time = start!; time <= end!; time += step!) values.push([time, String(time)])
  const metric = { __name__: query.get('query'), job: 'kepler' }
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric, values }] } }))
}

/** A server that is asked by queries, anew for each test: it answers as `handler` does. */
export interface QueryScene {
  folder: string
  /** Where a query writes. */
  path: string
  handler: QueryHandler
  /** What was asked for, or the path of the question. */
  asked: string[]
  /** Of the server, without a path. */
  url: string
  readonly client: PrometheusServerClient
  /** Another client, which is closed after the test. */
  connect(server?: Partial<PrometheusServer>, options?: ClientOptions): PrometheusServerClient
}

/** Call it in a `describe`: it starts before each test and stops after it. */
export function queryScene(): QueryScene {
  const clients: PrometheusServerClient[] = []
  let client: PrometheusServerClient | undefined
  let server: Server
  const scene: QueryScene = {
    ...{ folder: '', path: '', handler: healthyPrometheus, asked: [], url: '' },
    get client() {
      client ??= scene.connect()
      return client
    },
    connect(options = {}, retries = {}) {
      const made = prometheusClient({ url: `${scene.url}/prom/`, ...options }, { ...quickRetries, ...retries })
      clients.push(made)
      return made
    },
  }

  beforeEach(async () => {
    scene.folder = await mkdtemp(join(tmpdir(), 'query-'))
    scene.path = join(scene.folder, 'response.json')
    scene.handler = healthyPrometheus
    scene.asked = []
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://test')
      scene.asked.push(url.searchParams.get('query') ?? url.pathname)
      scene.handler(request, response, url.searchParams)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    scene.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    client = undefined
  })
  afterEach(async () => {
    for (const one of clients.splice(0)) await one.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(scene.folder, { recursive: true })
  })
  return scene
}
