import { readFile, stat } from 'node:fs/promises'
import * as z from 'zod'
import { ModelError, messageOf, quote } from '../../core/errors.js'
import { parseTime } from '../../prometheus/time-range.js'

/** A file that the user writes: when a benchmark began and ended. */
const customSchema = z.object({ startTimeUTC: z.string(), endTimeUTC: z.string() })

/** A `Benchmark` resource of the CPE operator, as `kubectl get -o json` gives it, with the results of its runs. */
const cpeSchema = z.object({
  metadata: z.object({ creationTimestamp: z.string() }),
  status: z.object({
    results: z.array(z.object({ repetitions: z.array(z.object({ pushedTime: z.string() })).min(1) })).min(1),
  }),
})

const maxBytes = 64 << 20

/**
 * When a benchmark ran, in unix seconds.
 *
 * @throws ModelError `INVALID_REQUEST` when the file says no such thing
 */
export async function benchmarkTime(path: string): Promise<{ readonly start: number; readonly end: number }> {
  const file = await readJson(path)
  const custom = customSchema.safeParse(file)
  if (custom.success) {
    const { startTimeUTC, endTimeUTC } = custom.data
    return { start: parseTime(startTimeUTC, 'benchmark'), end: parseTime(endTimeUTC, 'benchmark') }
  }
  const cpe = cpeSchema.safeParse(file)
  const pushed = cpe.data?.status.results.at(-1)?.repetitions.at(-1)?.pushedTime
  if (cpe.data === undefined || pushed === undefined) {
    throw new ModelError(
      'INVALID_REQUEST',
      `${path} is no benchmark: expected startTimeUTC and endTimeUTC, or a Benchmark of the CPE operator with results`,
      { field: 'benchmark' },
    )
  }
  // As Go prints it: `2023-09-22 05:53:06.123 +0000 UTC m=+1.2`; the original reads up to the fraction.
  const end = Math.floor(parseTime(pushed, 'benchmark'))
  return { start: parseTime(cpe.data.metadata.creationTimestamp, 'benchmark'), end }
}

async function readJson(path: string): Promise<unknown> {
  try {
    const { size } = await stat(path)
    if (size > maxBytes) throw new ModelError('LIMIT_EXCEEDED', `${quote(path)} is longer than ${maxBytes} bytes`)
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    if (cause instanceof ModelError) throw cause
    throw new ModelError('INVALID_REQUEST', `${path} cannot be read: ${messageOf(cause)}`, {
      cause,
      field: 'benchmark',
    })
  }
}
