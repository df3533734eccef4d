import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Matrix, matrix } from '../../src/numeric/matrix.js'

/** Reference fits that were handed out with the task; they are not part of this repository. */
const folder = '../shared/data'
export const fitsFile = join(folder, 'expected/fits.json')
export const noFits: string | false = existsSync(fitsFile) ? false : `${fitsFile} is not here`

export interface ReferenceFit {
  readonly mae?: number
  readonly predictions: (number | null)[] | null
  readonly fit_seconds: number
  readonly ties?: boolean
  readonly rank_deficient?: boolean
  readonly ill_conditioned?: boolean
  readonly train_sse?: number
  readonly mae_over_12_seeds?: [number, number]
  readonly mae_over_5_seeds?: number[]
}

export interface ReferenceDataset {
  readonly csv: string
  readonly features: string[]
  readonly label: string
  readonly main_feature: string
  readonly models: Record<string, ReferenceFit>
}

export interface PreparedDataset {
  readonly name: string
  readonly csv: string
  readonly features: readonly string[]
  readonly mainFeature: number
  /** All rows as they were measured, in the file's order. */
  readonly x: Matrix
  readonly y: Float64Array
  readonly timestamps: Float64Array
  readonly models: Record<string, ReferenceFit>
  readonly trainX: Matrix
  readonly trainY: Float64Array
  readonly testX: Matrix
  readonly testY: Float64Array
}

/** The datasets with the split and the scaling that `fits.json` names: every fifth row is a test row. */
export function readFits(): PreparedDataset[] {
  const datasets: ReferenceDataset[] = JSON.parse(readFileSync(fitsFile, 'utf8'))
  return datasets.map(prepare)
}

function prepare({ csv, features, label, main_feature, models }: ReferenceDataset): PreparedDataset {
  const path = [join(folder, 'training', csv), join(folder, 'expected/extracted', csv)].find((file) =>
    existsSync(file),
  )!
  const [header, ...lines] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  const names = header!.split(',')
  const indices = features.map((feature) => names.indexOf(feature))
  const rows = lines.map((line) => line.split(',').map(Number))
  const scale = indices.map((j) => rows.reduce((most, row) => Math.max(most, Math.abs(row[j]!)), 0) || 1)
  const x = rows.map((row) => indices.map((j, k) => row[j]! / scale[k]!))
  const y = rows.map((row) => row[names.indexOf(label)]!)
  const isTest = (_: unknown, i: number) => i % 5 === 4
  const isTrain = (_: unknown, i: number) => i % 5 !== 4
  return {
    name: `${csv} (${features.length} features)`,
    csv,
    features,
    x: matrix(rows.map((row) => indices.map((j) => row[j]!))),
    y: Float64Array.from(y),
    timestamps: Float64Array.from(rows, (row) => row[names.indexOf('timestamp')]!),
    mainFeature: features.indexOf(main_feature),
    models,
    trainX: matrix(x.filter(isTrain)),
    trainY: Float64Array.from(y.filter(isTrain)),
    testX: matrix(x.filter(isTest)),
    testY: Float64Array.from(y.filter(isTest)),
  }
}
