import { ModelError } from '../../core/errors.js'
import type { MachineDescription } from '../machine.js'
import { loads } from '../machine.js'
import type { CurveAnswer, UniversalModel } from '../universal-model.js'
import type { Band } from '../zones.js'
import type { CloudInstance } from './instances.js'

/** The machine that a virtual one is a part of. */
export interface Host {
  readonly machine: MachineDescription
  /** Of the host's threads, above 0 to 1. */
  readonly share: number
  readonly from: 'instance table' | 'usual machine with this processor'
}

/** The host of a cloud instance, by the tables of its provider. */
export function hostOfInstance({ hosts, vcpus }: CloudInstance): Host {
  const host = hosts[0]
  if (!host) throw new ModelError('INVALID_REQUEST', 'the instance has no host in the tables', { field: 'instance' })
  return {
    machine: {
      ...(host.processor === '' ? {} : { processor: host.processor }),
      threads: host.threads,
      ...(host.memory > 0 ? { memory: host.memory } : {}),
    },
    share: Math.min(1, vcpus / host.threads),
    from: 'instance table',
  }
}

/** The usual machine with the processor of a virtual one; what the virtual one has of memory says nothing of it. */
export function usualHost(model: UniversalModel, { processor, threads, vendor: _, ...rest }: MachineDescription): Host {
  const machine: MachineDescription = {
    ...(processor ? { processor } : {}),
    ...(rest.megahertz ? { megahertz: rest.megahertz } : {}),
  }
  const usual = model.complete(machine).machine
  const known = usual.threads !== undefined && usual.threads >= (threads ?? 1)
  // Of a processor that the table does not have, no host is known but one that is at least as large.
  const hostThreads = known ? usual.threads! : Math.max(usualHostThreads, threads ?? 1)
  return {
    machine: known ? usual : { ...machine, threads: hostThreads },
    share: Math.min(1, (threads ?? 1) / hostThreads),
    from: 'usual machine with this processor',
  }
}

/** Two processors of 16 cores with two threads each, as clouds had them for long. */
const usualHostThreads = 64
/** Hosts of the same kind differ in how they are filled. */
const shareDeviation = 0.2
const normalHalfInterval = 1.6449

/**
 * Power of a virtual machine: its share of the host's idle, and of what the host draws above it when all of it is as busy.
 * How busy the others are is not known: were they idle, the same work would draw what the first part of the curve does.
 */
export function virtualBand({ watts, low, high }: CurveAnswer, share: number): Band {
  const idle = watts[0]!
  const between = (load: number) => {
    const at = load * (loads.length - 1)
    const below = Math.min(loads.length - 2, Math.floor(at))
    return watts[below]! + (watts[below + 1]! - watts[below]!) * (at - below)
  }
  const own = watts.map((value) => value * share)
  const alone = own.map((value, u) => Math.abs(Math.log((idle * share + between(loads[u]! * share) - idle) / value)))
  const filled = share < 1 ? normalHalfInterval * shareDeviation : 0
  const side = (curve: Float64Array, sign: -1 | 1) =>
    rising(
      own.map((value, u) => value * Math.exp(sign * Math.hypot(Math.log(curve[u]! / watts[u]!), alone[u]!, filled))),
    )
  return { watts: own, low: side(low, -1), high: side(high, 1) }
}

function rising(values: Float64Array): Float64Array {
  let highest = 0
  return values.map((value) => {
    highest = Math.max(highest, value)
    return highest
  })
}
