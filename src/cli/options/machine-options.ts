import type { Command } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import type { MachineDescription } from '../../universal/machine.js'

/** The options that describe a machine, as commander gives them. */
export interface MachineOptions {
  readonly processor?: string
  readonly vendor?: string
  readonly form?: string
  readonly chips?: string
  readonly cores?: string
  readonly threads?: string
  readonly frequency?: string
  readonly memory?: string
  readonly tdp?: string
  readonly year?: string
  readonly psu?: string
  readonly nodes?: string
}

export function addMachineOptions(command: Command): Command {
  return command
    .option('--processor <name>', 'processor, as its maker or the system writes it')
    .option('--chips <count>', 'processors in the machine')
    .option('--cores <count>', 'cores of all processors')
    .option('--threads <count>', 'hardware threads of all processors')
    .option('--frequency <MHz>', 'nominal frequency, not that of turbo')
    .option('--memory <GB>', 'memory')
    .option('--tdp <W>', 'thermal design power of one processor')
    .option('--vendor <name>', 'who built the machine')
    .option('--year <year>', 'when the machine came to market')
    .option('--psu <W>', 'rated power of the power supplies that carry the load')
    .option('--form <form>', '1U, 2U, ... or Tower')
    .option('--nodes <count>', 'machines in one enclosure that share fans and supplies')
}

const numbers = {
  chips: 'chips',
  cores: 'cores',
  threads: 'threads',
  frequency: 'megahertz',
  memory: 'memory',
  tdp: 'tdp',
  year: 'year',
  psu: 'supply',
  nodes: 'nodes',
} as const

/**
 * The machine that options describe; `undefined` when none was given.
 *
 * @throws ModelError `INVALID_REQUEST` naming the option that is no number
 */
export function describedMachine(options: MachineOptions): MachineDescription | undefined {
  const machine: { -readonly [K in keyof MachineDescription]: MachineDescription[K] } = {}
  let given = false
  for (const field of ['processor', 'vendor', 'form'] as const) {
    if (options[field] === undefined) continue
    given = true
    machine[field] = options[field]
  }
  for (const [option, field] of Object.entries(numbers) as [
    keyof typeof numbers,
    (typeof numbers)[keyof typeof numbers],
  ][]) {
    const text = options[option]
    if (text === undefined) continue
    given = true
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (!Number.isFinite(value)) {
      throw new ModelError('INVALID_REQUEST', `--${option}: expected a number, got ${quote(text)}`, { field: option })
    }
    machine[field] = value
  }
  return given ? machine : undefined
}
