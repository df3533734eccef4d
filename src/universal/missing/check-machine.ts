import { ModelError, quote } from '../../core/errors.js'
import type { MachineDescription } from '../machine.js'

type NumberField = 'chips' | 'cores' | 'threads' | 'megahertz' | 'memory' | 'tdp' | 'year' | 'supply' | 'nodes'

/** The smallest and largest value of each number; beyond them it is a mistake, not a machine. */
const bounds: Readonly<Record<NumberField, readonly [number, number]>> = {
  chips: [1, 64],
  cores: [1, 65_536],
  threads: [1, 262_144],
  megahertz: [50, 10_000],
  memory: [0.01, 1_000_000],
  tdp: [0.5, 2000],
  year: [1990, 2100],
  supply: [1, 100_000],
  nodes: [1, 1000],
}

/**
 * A description without what is not known: empty text, and 0, which specs write for it.
 *
 * @throws ModelError `INVALID_REQUEST` naming the field that is no number, out of bounds, or contradicts another
 */
export function checkMachine(machine: MachineDescription): MachineDescription {
  const checked: { -readonly [K in keyof MachineDescription]: MachineDescription[K] } = {}
  for (const field of ['processor', 'vendor', 'form'] as const) {
    const text = machine[field]?.trim()
    if (text) checked[field] = text
  }
  for (const field of Object.keys(bounds) as NumberField[]) {
    const value = machine[field]
    if (value === undefined || value === 0) continue
    const [least, most] = bounds[field]
    if (!(value >= least && value <= most)) {
      throw invalid(field, `expected a number from ${least} to ${most}, or 0 for not known, got ${quote(value)}`)
    }
    checked[field] = value
  }
  const { chips, cores, threads } = checked
  if (chips && cores && cores < chips)
    throw invalid('cores', `expected at least one core a chip, got ${cores} of ${chips}`)
  if (cores && threads && threads < cores) {
    throw invalid('threads', `expected at least one thread a core, got ${threads} of ${cores}`)
  }
  if (chips && threads && threads < chips) {
    throw invalid('threads', `expected at least one thread a chip, got ${threads} of ${chips}`)
  }
  return checked
}

function invalid(field: string, message: string): ModelError {
  return new ModelError('INVALID_REQUEST', `${field}: ${message}`, { field })
}
