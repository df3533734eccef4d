import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Series } from '../../src/prometheus/response.js'
import { sampleText } from '../../src/prometheus/write-response.js'
import type { SimulatedPrometheus } from './simulated-prometheus.js'

/** What a Prometheus, or what stands before it, can do instead of answering. */
export type Fault =
  /** Nobody listens: connections are refused. */
  | 'away'
  /** It takes the question and says nothing. */
  | 'hangs'
  | 'answers 500'
  | 'answers 401'
  /** 429, with the wish to be left alone for a second. */
  | 'is busy'
  /** A login page with status 200. */
  | 'answers HTML'
  /** The connection breaks in the middle of an answer. */
  | 'breaks off'
  /** `status: "error"` with status 200. */
  | 'reports an error'
  | 'gives samples out of order'
  | 'gives samples twice'
  /** Every third value is NaN or +Inf. */
  | 'gives no numbers'

export interface FaultyPrometheus {
  readonly url: string
  /** Requests since the fault changed. */
  readonly requests: number
  /** `undefined` for none. */
  become(fault: Fault | undefined): Promise<void>
  close(): Promise<void>
}

/** The HTTP interface of a Prometheus that has what the simulated one has up to now, and whatever fault it is told to have. */
export async function faultyPrometheus(simulated: SimulatedPrometheus): Promise<FaultyPrometheus> {
  let fault: Fault | undefined
  let requests = 0

  const server = createServer((request, response) => {
    requests++
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://prometheus')
    const number = (name: string) => Number(searchParams.get(name))
    const range = { start: number('start'), end: Math.min(number('end'), Date.now() / 1000), step: number('step') }
    const metric = searchParams.get('query') ?? ''
    const answer = pathname.endsWith('/query_range')
      ? simulated.series(metric, range).then((series) => matrix(metric, series.map(samplesOf(fault))))
      : simulated.metricNames(range)
    void answer.then((data) => send(response, fault, JSON.stringify({ status: 'success', data })))
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const hangUp = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  await listen(0)
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests
    },
    async become(next) {
      if (fault === 'away' && next !== 'away') await listen(port)
      if (next === 'away' && fault !== 'away') await hangUp()
      // Who waits for the answer of before is not kept waiting.
      if (fault === 'hangs') server.closeAllConnections()
      fault = next
      requests = 0
    },
    async close() {
      if (server.listening) await hangUp()
    },
  }
}

function send(response: ServerResponse, fault: Fault | undefined, text: string): void {
  const json = (status: number, body: string, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  switch (fault) {
    case 'hangs':
      return
    case 'answers 500':
      return void json(500, '{"status":"error","errorType":"internal","error":"the disk is broken"}')
    case 'answers 401':
      return void response.writeHead(401).end('Unauthorized')
    case 'is busy':
      return void json(429, '{"status":"error","error":"too many queries"}', { 'retry-after': '1' })
    case 'answers HTML':
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Log in</h1></html>')
    case 'reports an error':
      return void json(200, '{"status":"error","errorType":"timeout","error":"query timed out"}')
    case 'breaks off':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length })
      return void response.write(text.slice(0, text.length / 2), () => response.destroy())
    default:
      return void json(200, text)
  }
}

type Sample = readonly [number, string]

function matrix(metric: string, samples: readonly { labels: Series['labels']; values: readonly Sample[] }[]) {
  const result = samples.map(({ labels, values }) => ({ metric: { ...labels, __name__: metric }, values }))
  return { resultType: 'matrix', result }
}

function samplesOf(fault: Fault | undefined) {
  return ({ labels, timestamps, values }: Series) => {
    const samples: Sample[] = [...timestamps].map((time, i) => [time, sampleText(values[i]!)])
    switch (fault) {
      case 'gives samples out of order':
        return { labels, values: samples.reverse() }
      case 'gives samples twice':
        return { labels, values: samples.flatMap((sample) => [sample, sample]) }
      case 'gives no numbers': {
        const odd = (time: number): Sample => [time, time % 2 === 0 ? 'NaN' : '+Inf']
        return { labels, values: samples.map((sample) => (sample[0] % 3 === 0 ? odd(sample[0]) : sample)) }
      }
      default:
        return { labels, values: samples }
    }
  }
}
