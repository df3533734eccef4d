import { createReadStream, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { Readable } from 'node:stream'

export interface TrainRequestOptions {
  readonly name: string
  readonly isolator: string
  readonly trainers: readonly string[]
  /** Files of saved responses. */
  readonly response: string
  readonly idle: string
  /** So many times as many containers as the response has, under other names. @default 1 */
  readonly times?: number
}

interface SavedSeries {
  readonly metric: Record<string, string>
  readonly values: unknown
}

/** A training request as the original's client sends it, in chunks, however large it is. */
export async function* trainRequest(options: TrainRequestOptions): AsyncGenerator<string | Buffer> {
  const { name, isolator, trainers, response, idle, times = 1 } = options
  const trainer = { abs_trainers: trainers, dyn_trainers: trainers, isolator, isolator_args: {} }
  const [head] = JSON.stringify({ name, energy_source: 'rapl-sysfs', trainer }).split('}}')
  yield `${head}},"idle_prom_response":`
  yield* createReadStream(idle)
  yield '},"prom_response":'
  if (times === 1) yield* createReadStream(response)
  else yield* multiplied(response, times)
  yield '}'
}

function* multiplied(response: string, times: number): Generator<string> {
  const saved: Record<string, SavedSeries[]> = JSON.parse(readFileSync(response, 'utf8'))
  let comma = '{'
  for (const [metric, series] of Object.entries(saved)) {
    yield `${comma}${JSON.stringify(metric)}:[`
    comma = ','
    let separator = ''
    for (let time = 0; time < (metric.startsWith('kepler_container_') ? times : 1); time++) {
      for (const one of series) {
        const id = { container_id: `${one.metric.container_id}-${time}`, pod_name: `${one.metric.pod_name}-${time}` }
        const labels = time === 0 ? one.metric : { ...one.metric, ...id }
        yield `${separator}${JSON.stringify({ ...one, metric: labels })}`
        separator = ','
      }
    }
    yield ']'
  }
  yield '}'
}

export interface TrainAnswer {
  readonly status: number
  readonly body: Buffer
  /** Bytes that were sent. */
  readonly sent: number
}

/** Posts a request as it is made; nothing of it is held. The signal hangs up. */
export function postTrainRequest(
  url: string,
  chunks: AsyncIterable<string | Buffer>,
  signal?: AbortSignal,
): Promise<TrainAnswer> {
  return new Promise((resolve, reject) => {
    let sent = 0
    const counted = async function* () {
      for await (const chunk of chunks) {
        sent += chunk.length
        yield chunk
      }
    }
    const outgoing = request(url, { method: 'POST', ...(signal && { signal }) }, (answer) => {
      const body: Buffer[] = []
      answer.on('data', (chunk: Buffer) => body.push(chunk))
      answer.once('error', reject)
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(body), sent }))
    })
    outgoing.once('error', reject)
    Readable.from(counted(), { objectMode: false }).once('error', reject).pipe(outgoing)
  })
}
