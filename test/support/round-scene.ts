import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Assessment, type AssessRequest, assess } from '../../src/online/round/assess.js'
import { defaultMachine } from '../../src/simulate/machine.js'
import { defaultCurve, type PowerCurve } from '../../src/simulate/power-curve.js'
import type { Scenario } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import type { MetricVocabulary } from '../../src/vocabulary/metric-vocabulary.js'
import { assessRequest } from './assess-request.js'
import { hastyScenario } from './hasty-scenario.js'
import { temporaryFolder } from './temporary-folder.js'

/** Unix seconds at which a scene begins. */
export const sceneStart = 1_700_000_000

export interface SegmentOptions {
  /** Seconds since the start. */
  readonly from: number
  readonly seconds: number
  readonly curve?: Partial<PowerCurve>
  readonly scenario?: Scenario
  readonly instance?: string
  /** What metrics are called. */
  readonly vocabulary?: MetricVocabulary
  /** Changes the text of the response. */
  readonly edit?: (text: string) => string
}

export interface RoundScene {
  /** Files of the history. */
  readonly paths: string[]
  /** The zip that is served. */
  readonly livePath: string
  /** Adds what a simulated machine measured to the history. */
  segment(options: SegmentOptions): Promise<void>
  /** One round; what it publishes is served in the next. */
  round(options?: Partial<AssessRequest>): Promise<Assessment>
}

/** Simulated machines, and rounds of the online trainer that learn from them. */
export function roundScene(): RoundScene {
  const folder = temporaryFolder()
  const paths: string[] = []
  const livePath = join(folder, 'std.zip')
  const candidatePath = join(folder, 'candidate.zip')
  let version = 0
  return {
    paths,
    livePath,
    async segment({
      from,
      seconds,
      curve,
      scenario = hastyScenario,
      instance = 'worker',
      vocabulary,
      edit = (text) => text,
    }) {
      const machine = { ...defaultMachine, instance, curve: { ...defaultCurve, ...curve } }
      const start = sceneStart + from
      const chunks = responseChunks({
        scenario,
        machine,
        seed: from,
        start,
        duration: seconds,
        step: 3,
        ...(vocabulary && { vocabulary }),
      })
      const path = join(folder, `${start}-${paths.length}.json`)
      await writeFile(path, edit([...chunks].join('')))
      paths.push(path)
    },
    async round(options = {}) {
      const served = version > 0 ? ({ name: 'std', path: livePath, kind: 'zip' } as const) : undefined
      const request = assessRequest({ paths, candidatePath, served, nextVersion: version + 1, ...options })
      const assessment = await assess(request)
      if (assessment.candidate) {
        version++
        await rename(candidatePath, livePath)
      }
      return assessment
    },
  }
}

/** The verdicts that occur. */
export function verdictsOf({ slots }: Assessment): readonly string[] {
  return [...new Set(slots.map(({ verdict }) => verdict))].sort()
}
