import type { MatchJson } from '../../api/answers.js'
import type { CurveJson } from '../../api/curve-answers.js'
import { counted, share } from './format.js'

/** How a machine was matched, and how certain that is, in a sentence. */
export function matchText(match: MatchJson): string {
  switch (match.how) {
    case 'explicit':
      return `Node type ${match.node_type} was asked for by its number.`
    case 'exact':
      return `Node type ${match.node_type} is this machine: all five attributes are known and equal.`
    case 'partial':
      return match.uncertainty === 0
        ? `Node type ${match.node_type}: all that is known of the machine is equal, and no other type has that.`
        : `Node type ${match.node_type}: all that is known of the machine is equal. ${share(match.uncertainty)} of the measured machines of which that is true are of other types.`
    case 'similar':
      return `No node type is this machine. Node type ${match.node_type} is the most similar: ${share(1 - match.looseness)} alike.`
    case 'universal':
      return match.machine === 'this machine'
        ? 'No pipeline has this machine: the model was made for it, from the measurements of many others.'
        : 'No pipeline has such a machine: the model was made for it, from the measurements of many others.'
    case 'fallback':
      return `Node type ${match.wanted} has no model that fits: one of node type ${match.node_type}, of the largest machines, answers instead.`
  }
}

/** How much trust a match deserves: a word for its badge. */
export function matchWord(match: MatchJson): 'certain' | 'likely' | 'a guess' {
  switch (match.how) {
    case 'explicit':
    case 'exact':
      return 'certain'
    case 'partial':
      return match.uncertainty < 0.5 ? 'likely' : 'a guess'
    case 'similar':
      return match.looseness < 0.2 ? 'likely' : 'a guess'
    case 'universal':
      return match.known === 'new' ? 'a guess' : 'likely'
    case 'fallback':
      return 'a guess'
  }
}

/** What a curve rests on. */
export function knownText({ known, later_than_table }: CurveJson): string {
  const rest = {
    processor: 'Machines with this processor were measured.',
    family: 'Machines with processors of this family were measured, not this one.',
    new: 'No machine with such a processor was measured: the interval is wide.',
  }[known]
  return later_than_table ? `${rest} It is newer than what was measured, which makes the interval wider.` : rest
}

const fieldNames: Readonly<Record<string, string>> = {
  processor: 'processor',
  vendor: 'vendor',
  chips: 'chips',
  cores: 'cores',
  threads: 'threads',
  megahertz: 'frequency',
  memory: 'memory',
  tdp: 'thermal design power',
  year: 'year',
  supply: 'power supply',
  form: 'form',
  nodes: 'machines in the enclosure',
}

const fieldUnits: Readonly<Record<string, string>> = {
  megahertz: ' MHz',
  memory: ' GB',
  tdp: ' W',
  supply: ' W',
  form: 'U',
}

/** `memory 64 GB, from machines alike` */
export function assumptionText({ field, value, from }: CurveJson['assumptions'][number]): string {
  const name = fieldNames[field] ?? field
  if (value === undefined) return `${name} is not known`
  return `${name} ${Number(value.toPrecision(3))}${fieldUnits[field] ?? ''}, from ${from === 'processor' ? 'the processor’s name' : from}`
}

/** A machine that a curve was made for, as far as it is known: with other names than a node type has. */
export function describedText(machine: CurveJson['machine']): string {
  const { processor, chips, cores, threads, memory, megahertz, tdp } = machine
  const parts = [
    processor === undefined ? '' : String(processor),
    chips === undefined ? '' : counted(Number(chips), 'chip'),
    cores === undefined ? '' : counted(Number(cores), 'core'),
    threads === undefined ? '' : counted(Number(threads), 'thread'),
    memory === undefined ? '' : `${memory} GB`,
    megahertz === undefined ? '' : `${megahertz} MHz`,
    tdp === undefined ? '' : `TDP ${tdp} W`,
  ]
  return parts.filter(Boolean).join(', ')
}
