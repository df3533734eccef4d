import type { ModelArchive, PowerEstimate } from '../../archive/read-model-archive.js'
import { counted } from '../../core/counted.js'
import { type CliIo, writeNotes } from '../terminal/io.js'
import { writeTable } from '../terminal/table.js'

type OutsideInput = PowerEstimate['outside'][number]

/** The watts of each row with their interval, which inputs are outside, and what the model says of its errors. */
export function writeEstimate(
  io: CliIo,
  { metadata, components }: ModelArchive,
  { powers, intervals, coverage, method, outside }: PowerEstimate,
  rows: number,
): void {
  const right = { align: 'right' } as const
  const sure = components.filter((component) => intervals[component])
  const byRow = new Map<number, OutsideInput[]>()
  for (const input of outside) byRow.set(input.row, [...(byRow.get(input.row) ?? []), input])
  writeTable(
    io.stdout,
    [
      { title: 'ROW', ...right },
      ...components.map((component) => ({ title: `${component.toUpperCase()} (W)`, ...right })),
      ...sure.flatMap((component) =>
        ['LOWER', 'UPPER'].map((bound) => ({ title: `${component.toUpperCase()} ${bound}`, ...right, importance: 1 })),
      ),
      ...(outside.length > 0 ? [{ title: 'OUTSIDE', wrap: true as const }] : []),
    ],
    Array.from({ length: rows }, (_, i) => [
      i,
      ...components.map((component) => powers[component]![i]!.toFixed(3)),
      ...sure.flatMap((component) => {
        const { lower, upper } = intervals[component]!
        return [watts(lower[i]!), watts(upper[i]!)]
      }),
      (byRow.get(i) ?? []).map(describe).join(', '),
    ]),
  )
  const { mae, mape } = metadata
  const errors = [
    ...(mae === undefined ? [] : [`MAE ${mae.toFixed(2)} W`]),
    // -1 says that there was nothing to measure it on.
    ...(mape === undefined || mape < 0 ? [] : [`MAPE ${mape.toFixed(2)} %`]),
  ]
  writeNotes(io, [
    '',
    [metadata.model_name, ...errors].join(', '),
    ...(sure.length > 0
      ? [`${Math.round(100 * coverage)} % of measurements lie between LOWER and UPPER: ${explanations[method]}.`]
      : []),
    ...(outside.length > 0
      ? [`${byRow.size} of ${counted(rows, 'row')} outside what the model was trained on: take with caution.`]
      : []),
  ])
}
const explanations: Readonly<Record<PowerEstimate['method'], string>> = {
  'held-out blocks': 'from errors on blocks of time that were left out in training',
  'held-out workloads': 'from errors on workloads that were left out in training',
  'held-out rows': 'from errors on rows that were left out in training',
  'quantile forest': "the model's own, calibrated on blocks of time that were left out in training",
  'published error': 'from the published error, nobody knows how that was measured',
  'universal model': 'from errors on machines that were left out of the table of the universal model',
}

function describe({ feature, value, lower, upper, clampedTo }: OutsideInput): string {
  const range = `seen ${short(lower)} to ${short(upper)}`
  if (clampedTo !== undefined) return `${feature} ${short(value)} cannot be: ${short(clampedTo)} is used, ${range}`
  return `${feature} ${short(value)}, ${range}`
}

function watts(value: number): string {
  return value < 1e5 ? value.toFixed(1) : value.toExponential(1)
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
