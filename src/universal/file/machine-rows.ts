import * as z from 'zod'
import { loads, type MeasuredMachine } from '../machine.js'

/** The columns of a machine in a model's file, in this order; null where not known. */
export const machineColumns: readonly string[] = [
  'published',
  'year',
  'vendor',
  'model',
  'processor',
  'chips',
  'cores',
  'threads',
  'megahertz',
  'memory',
  'tdp',
  'tdpSource',
  'nodes',
  'form',
  'supply',
  ...loads.map((load) => `p${Math.round(load * 100)}`),
]

const text = z.string().max(128)
const positive = z.number().positive().max(1e6)
const optionalText = text.nullable()
const optional = positive.nullable()

/** A row of a file as a machine. */
export const machineRowSchema = z
  .tuple(
    [
      optionalText,
      optional,
      optionalText,
      text,
      text.min(1),
      positive,
      positive,
      positive,
      positive,
      optional,
      optional,
      optionalText,
      optional,
      optionalText,
      optional,
      positive,
    ],
    optional,
  )
  .refine((row) => row.length === machineColumns.length, { error: `expected ${machineColumns.length} values` })
  .transform(
    ([
      published,
      year,
      vendor,
      model,
      processor,
      chips,
      cores,
      threads,
      megahertz,
      memory,
      tdp,
      tdpSource,
      nodes,
      form,
      supply,
      ...watts
    ]): MeasuredMachine => ({
      model,
      processor,
      chips,
      cores,
      threads,
      megahertz,
      ...(published === null ? {} : { published }),
      ...(year === null ? {} : { year }),
      ...(vendor === null ? {} : { vendor }),
      ...(memory === null ? {} : { memory }),
      ...(tdp === null ? {} : { tdp }),
      ...(tdpSource === null ? {} : { tdpSource }),
      ...(nodes === null ? {} : { nodes }),
      ...(form === null ? {} : { form }),
      ...(supply === null ? {} : { supply }),
      watts: Float64Array.from(watts, (value) => value ?? Number.NaN),
    }),
  )
  .refine(({ watts }) => watts.at(-1)! > watts[0]!, { error: 'expected more watts at full load than at idle' })

/** A machine as a row of a file. */
export function rowOfMachine(machine: MeasuredMachine): readonly (string | number | null)[] {
  const { published, year, vendor, model, processor, chips, cores, threads, megahertz } = machine
  const { memory, tdp, tdpSource, nodes, form, supply, watts } = machine
  const months = year === undefined ? undefined : Math.round(year * 100) / 100
  const named = [published, months, vendor, model, processor, chips, cores, threads, megahertz, memory]
  const rest = [tdp, tdpSource, nodes, form, supply]
  const measured = Array.from(watts, (value) => (Number.isFinite(value) ? value : undefined))
  return [...named, ...rest, ...measured].map((value) => value ?? null)
}
