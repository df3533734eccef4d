/**
 * A pipeline from an offline trainer, with its progress:
 *
 *     npx tsx examples/train-remotely.ts http://localhost:8102 prom_response.json mine
 *
 * The response is sent as it is read, so it may be larger than memory. OFFLINE_TRAINER_TOKEN is the token, if it wants one.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { whenRun } from './run.js'

export interface RemoteTraining {
  /** Where the offline trainer listens, e.g. `http://localhost:8102`. */
  readonly url: string
  /** A saved Prometheus response. */
  readonly response: string
  /** Of the pipeline. */
  readonly name: string
  /** Where its zip is written. */
  readonly output: string
  readonly token?: string
  readonly onProgress?: (stage: string, done: number, total: number) => void
}

interface Job {
  readonly state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled'
  readonly progress: { readonly stage: string; readonly done: number; readonly total: number }
  readonly error: { readonly message: string } | null
  readonly links: { readonly events: string; readonly result?: string }
}

/** @throws Error with what the trainer says when it cannot train */
export async function trainRemotely({ url, response, name, output, token, onProgress }: RemoteTraining): Promise<void> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const ask = async (path: string, init: RequestInit = {}) => {
    const answer = await fetch(new URL(path, url), { ...init, headers })
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`)
    return answer
  }
  const body = ReadableStream.from(trainRequest(name, response))
  const answer = await ask('/train?mode=async', { method: 'POST', body, duplex: 'half' })
  let job: Job = JSON.parse(await answer.text())
  for await (job of events(await ask(job.links.events))) {
    onProgress?.(job.progress.stage, job.progress.done, job.progress.total)
  }
  if (job.links.result === undefined) throw new Error(job.error?.message ?? `the job is ${job.state}`)
  const { body: zip } = await ask(job.links.result)
  await pipeline(Readable.fromWeb(zip!), createWriteStream(output))
}

async function* trainRequest(name: string, response: string): AsyncGenerator<Uint8Array> {
  const trainer = { isolator: 'MinIdleIsolator' }
  yield Buffer.from(`${JSON.stringify({ name, energy_source: 'rapl-sysfs', trainer }).slice(0, -1)},"prom_response":`)
  yield* createReadStream(response)
  yield Buffer.from('}')
}

/** The job at each change, from server-sent events; the last one is how it ended. */
async function* events({ body }: Response): AsyncGenerator<Job> {
  let text = ''
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const messages = (text + chunk).split('\n\n')
    text = messages.pop()!
    for (const message of messages) {
      const data = /^data: (.*)$/m.exec(message)?.[1]
      if (data !== undefined) yield JSON.parse(data)
    }
  }
}

await whenRun(import.meta.url, async ([url, response, name]) => {
  if (url === undefined || response === undefined || name === undefined) {
    process.stdout.write(
      'say where, what and the name: train-remotely.ts http://localhost:8102 prom_response.json mine\n',
    )
    return
  }
  const token = process.env.OFFLINE_TRAINER_TOKEN
  await trainRemotely({
    ...{ url, response, name, output: `${name}.zip`, ...(token && { token }) },
    onProgress: (stage, done, total) => process.stderr.write(`${stage} ${total > 0 ? `${done}/${total}` : ''}\n`),
  })
})
