import type { FastifyReply } from 'fastify'
import { isFinished, type Job } from '../jobs/job.js'
import { jobView } from './job-view.js'

const heartbeatMs = 15_000
/** Bytes in the send buffer of a client that reads too slowly; beyond them its connection is closed. */
const maxUnread = 1 << 20

/**
 * A job's progress as server-sent events: `job` with the job as it is, at once and at each change, and after the last one
 * the end of the stream.
 *
 * @param watch calls back at each change until what it returns is called
 */
export function sendJobEvents(
  reply: FastifyReply,
  job: Job,
  watch: (listener: (job: Job) => void) => () => void,
): void {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  let unwatch = () => {}
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), heartbeatMs)
  const end = () => {
    clearInterval(heartbeat)
    unwatch()
  }
  const send = (now: Job) => {
    raw.write(`event: job\ndata: ${JSON.stringify(jobView(now))}\n\n`)
    if (isFinished(now)) {
      end()
      raw.end()
    } else if (raw.writableLength > maxUnread) raw.destroy()
  }
  raw.once('close', end)
  unwatch = watch(send)
  send(job)
}
