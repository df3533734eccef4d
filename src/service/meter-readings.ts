import * as z from 'zod'
import type { LiveJson } from '../api/live-answers.js'
import { ModelError } from '../core/errors.js'
import type { LiveReadings } from '../http/live-route.js'
import { askServer } from '../net/http-client.js'
import type { Network } from '../net/network.js'
import type { MonotonicClock } from '../runtime/ports.js'

/** Of the meter's answer, which names processes too; these stay with the meter. */
const zone = z.object({
  zone: z.string().max(64),
  watts: z.number(),
  low: z.number(),
  high: z.number(),
  out_of_range: z.boolean().default(false),
})
const reading = z.object({
  model: z.object({ kind: z.string().max(64), name: z.string().max(256) }),
  utilisation: z.number().nullish(),
  gap: z.string().max(1024).nullish(),
  zones: z.array(zone).max(16),
})

const mostBytes = 4 * 2 ** 20
const timeout = 2000
/** Milliseconds that an answer is used again for: as many pages as like may look, the meter is asked once. */
const fresh = 900

/**
 * Asks the power meter at `url` for its reading. Its programs are left out: the meter keeps them to this machine, and a
 * model server may listen to others.
 */
export function meterReadings(url: string, network: Network, now: MonotonicClock): LiveReadings {
  let asked: { readonly at: number; readonly answer: Promise<LiveJson> } | undefined
  return {
    latest() {
      if (asked === undefined || now() - asked.at > fresh) asked = { at: now(), answer: ask(url, network) }
      return asked.answer
    },
  }
}

async function ask(url: string, network: Network): Promise<LiveJson> {
  const answer = await askServer(network, `${url.replace(/\/+$/, '')}/reading`, {
    signal: AbortSignal.timeout(timeout),
    name: 'the power meter',
  }).catch((cause: unknown) => {
    throw new ModelError('UNAVAILABLE', 'no power meter answers', { cause })
  })
  if (answer.status !== 200) {
    await answer.discard()
    throw new ModelError('UNAVAILABLE', `the power meter answered ${answer.status}`)
  }
  return readingOf(await answer.bytes(mostBytes))
}

function readingOf(bytes: Buffer): LiveJson {
  const parsed = reading.safeParse(parseJson(bytes))
  if (!parsed.success) throw new ModelError('UNAVAILABLE', 'what answers at PAGE_METER_URL is no power meter')
  const { model, utilisation, gap, zones } = parsed.data
  return { model, utilisation: utilisation ?? null, gap: gap ?? null, zones }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // Not JSON is no reading either.
    return undefined
  }
}
