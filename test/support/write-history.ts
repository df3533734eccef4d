import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { defaultMachine } from '../../src/simulate/machine.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { hastyScenario } from './hasty-scenario.js'

/** A multiple of the step, as queries are. */
const start = 1_700_000_100
const step = 3
const segmentSeconds = 300
/** Machines that are simulated each by itself; further ones measure the same under another name. */
const distinct = 20
/** What a machine is called until it has its name. */
const placeholder = 'MACHINE'

interface MadeSeries {
  readonly metric: { readonly [label: string]: string }
  readonly values: readonly (readonly [number, string])[]
}
type MadeMachine = ReadonlyMap<string, readonly MadeSeries[]>

export interface MadeHistory {
  /** In the order of their times. */
  readonly paths: readonly string[]
  readonly bytes: number
  /** Unix seconds of the first and the last samples. */
  readonly start: number
  readonly end: number
}

/**
 * Measurements of simulated machines of one kind as the online trainer keeps them: a saved response for each five minutes,
 * with every machine's series of a metric behind each other.
 */
export function writeHistory(folder: string, machines: number, seconds = 3600): MadeHistory {
  const made = Array.from({ length: Math.min(distinct, machines) }, (_, seed) => machineOf(seed, seconds))
  const paths: string[] = []
  let bytes = 0
  let end = start
  for (let from = 0; from < seconds; from += segmentSeconds) {
    const until = Math.min(from + segmentSeconds - step, seconds)
    end = start + until
    const path = join(folder, `${start + from}-${start + until}.json`)
    paths.push(path)
    const file = openSync(path, 'w')
    try {
      for (const chunk of segmentChunks(made, machines, from, until)) bytes += writeSync(file, chunk)
    } finally {
      closeSync(file)
    }
  }
  return { paths, bytes, start, end }
}

function machineOf(seed: number, duration: number): MadeMachine {
  const machine = { ...defaultMachine, instance: placeholder }
  const text = [...responseChunks({ scenario: hastyScenario, machine, seed, duration, step, start })].join('')
  const response: Record<string, readonly MadeSeries[]> = JSON.parse(text)
  return new Map(Object.entries(response))
}

function* segmentChunks(made: readonly MadeMachine[], machines: number, from: number, until: number) {
  const inside = ([time]: readonly [number, string]) => time >= start + from && time <= start + until
  let comma = ''
  yield '{'
  for (const metric of made[0]?.keys() ?? []) {
    yield `${comma}${JSON.stringify(metric)}:[`
    comma = ','
    const texts = made.map((machine) =>
      (machine.get(metric) ?? []).flatMap((series) => {
        const values = series.values.filter(inside)
        return values.length > 0 ? [JSON.stringify({ ...series, values })] : []
      }),
    )
    for (let i = 0; i < machines; i++) {
      const own = texts[i % texts.length]?.join(',') ?? ''
      if (own !== '') yield `${i === 0 ? '' : ','}${own.replaceAll(placeholder, `worker-${i}`)}`
    }
    yield ']'
  }
  yield '}'
}
