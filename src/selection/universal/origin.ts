import type { MachinePower } from '../../universal/machine-powers.js'
import type { AskedMachine } from './machine-of-spec.js'
import type { ServedPower } from './power-model-of-machine.js'

/** Where the watts of a universal model are from, as its metadata and provenance say it. */
export interface UniversalOrigin {
  /** Name of the model. */
  readonly model: string
  readonly sources: readonly string[]
  /** Whose watts they are. */
  readonly machine: 'this machine' | 'the spec'
  /** What the table of machines has of it: its processor, only its family, or neither. */
  readonly known: string
  /** Watts at idle and at full load, each with its 90 % interval, by component. */
  readonly watts: Readonly<Record<string, Readonly<Record<'idle' | 'full', readonly [number, number, number]>>>>
  /** What was taken for each field that is not known. */
  readonly assumptions: readonly string[]
  /** Points that the machine's owner measured. */
  readonly calibration_points: number
  readonly host?: { readonly share: number; readonly from: string }
  /** How far a line lies from the curve, in percent of it, by component. */
  readonly line?: Readonly<Record<string, { readonly largest_percent: number; readonly mean_percent: number }>>
}

export function originOf(
  { answer, name, sources }: MachinePower,
  { of, calibration }: AskedMachine,
  powers: readonly ServedPower[],
): UniversalOrigin {
  const { curve, host, points } = answer
  const lines = powers.flatMap(({ component, distance }) =>
    distance
      ? [[component, { largest_percent: percent(distance.largest), mean_percent: percent(distance.mean) }] as const]
      : [],
  )
  return {
    model: name,
    sources: [
      ...sources.map(({ name: title, url }) => (url ? `${title} (${url})` : title)),
      ...(points.length > 0 && calibration
        ? [`measured on this machine: ${calibration.source}, ${calibration.measured}`]
        : []),
    ],
    machine: of,
    known: curve.novelty,
    watts: Object.fromEntries(
      powers.map(({ component, band: { watts, low, high } }) => {
        const at = (u: number) => [watts.at(u)!, low.at(u)!, high.at(u)!].map(tenth) as [number, number, number]
        return [component, { idle: at(0), full: at(-1) }]
      }),
    ),
    assumptions: curve.assumptions.map(({ field, value, from }) =>
      value === undefined ? `${field}: not known` : `${field}: ${Number(value.toPrecision(4))}, from ${from}`,
    ),
    calibration_points: points.length,
    ...(host ? { host: { share: Number(host.share.toPrecision(4)), from: host.from } } : {}),
    ...(lines.length > 0 ? { line: Object.fromEntries(lines) } : {}),
  }
}

function percent(share: number): number {
  return Math.round(share * 1000) / 10
}

function tenth(watts: number): number {
  return Math.round(watts * 10) / 10
}
