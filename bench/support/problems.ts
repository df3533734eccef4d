import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Component, components } from '../../src/core/energy-source.js'
import type { OutputType } from '../../src/core/output-type.js'
import { readResponse } from '../../src/library/read-response.js'
import { workloadsIn } from '../../src/library/workloads-in.js'
import { type WorkloadAt, type WorkloadLabels, workloadLabels } from '../../src/train/training-set.js'
import { type Matrix, matrix } from '../../src/numeric/matrix.js'

/** One row of usage to the watts of one component: what accuracy is measured on. */
export interface Problem {
  /** `<recording>/<abs or dyn>/<feature group>/<component>` */
  readonly name: string
  readonly recording: string
  readonly outputType: OutputType
  readonly group: string
  readonly component: Component
  readonly features: readonly string[]
  /** Raw features in the order of time. */
  readonly x: Matrix
  /** Watts. */
  readonly y: Float64Array
  readonly timestamps: Float64Array
  /** What ran at each row, where the recording tells. */
  readonly workloads?: WorkloadLabels
}

const folder = '../shared/data'
const folders = ['training', 'expected/extracted', 'expected/isolated'] as const

/** Why there is nothing to measure, or false. */
export const noProblems: string | false = existsSync(folder) ? false : `${folder} is not here`

const notFeatures = /^(|timestamp|id|node_type|packge_ratio_.*|.*_power)$/

/**
 * Every dataset of node totals in the handed-out data with every component whose watts move. Datasets of single
 * containers have the node's watts in every container's row: they are what isolators take, and no training set.
 */
export async function readProblems(): Promise<readonly Problem[]> {
  const workloadAt = workloadsIn(await readResponse(`${folder}/prometheus/loaded.json`))
  return folders.flatMap((sub) =>
    readdirSync(join(folder, sub))
      .filter((file) => file.endsWith('.csv') && !file.startsWith('containers_'))
      .sort()
      .flatMap((file) => problemsOf(join(folder, sub, file), sub, workloadAt)),
  )
}

function problemsOf(
  path: string,
  sub: (typeof folders)[number],
  workloadAt: WorkloadAt | undefined,
): readonly Problem[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header.split(',')
  const column = (name: string) => names.indexOf(name)
  const rows = lines
    .map((line) => line.split(',').map(Number))
    .sort((a, b) => a[column('timestamp')]! - b[column('timestamp')]!)
  const features = names.filter((name) => !notFeatures.test(name))
  const x = matrix(rows.map((row) => features.map((name) => row[column(name)]!)))
  const recording = sub === 'training' ? 'training' : 'loaded'
  const words = basename(path, '.csv').split('_')
  const isDynamic = sub === 'expected/isolated' || words.includes('dyn')
  const group =
    words.at(-1)! +
    words
      .filter((word) => /^(smooth\d+|none)$/.test(word))
      .map((word) => `-${word}`)
      .join('')
  return components.flatMap((component): Problem[] => {
    if (!names.includes(`${component}_power`)) return []
    const y = Float64Array.from(rows, (row) => row[column(`${component}_power`)]!)
    if (y.every((watts) => watts === y[0])) return []
    const timestamps = Float64Array.from(rows, (row) => row[column('timestamp')]!)
    const workloads = recording === 'loaded' && workloadAt ? workloadLabels(timestamps, workloadAt) : undefined
    return [
      {
        name: `${recording}/${isDynamic ? 'dyn' : 'abs'}/${group}/${component}`,
        recording,
        outputType: isDynamic ? 'DynPower' : 'AbsPower',
        group,
        component,
        features,
        x,
        y,
        timestamps,
        ...(workloads && { workloads }),
      },
    ]
  })
}

/** Whether a problem's features include counters of the processor. */
export function hasCounters({ features }: Problem): boolean {
  return features.includes('cpu_instructions')
}
