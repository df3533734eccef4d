import * as z from 'zod'
import { ModelError, quote } from '../../core/errors.js'
import { readShippedText } from '../shipped-file.js'

/** A cloud instance and the machine that it is a part of. */
export interface CloudInstance {
  readonly provider: 'aws' | 'azure' | 'gcp'
  readonly name: string
  readonly vcpus: number
  /** GB */
  readonly memory: number
  /** Hosts that it may run on; the newest processor first. */
  readonly hosts: readonly InstanceHost[]
}

export interface InstanceHost {
  readonly processor: string
  readonly threads: number
  /** GB, 0 where not known. */
  readonly memory: number
}

/** The file that `scripts/make-instances.ts` makes. */
export const instanceFileSchema = z.object({
  source: z.string(),
  hosts: z.array(z.tuple([z.string(), z.number(), z.number()])),
  instances: z.record(
    z.enum(['aws', 'azure', 'gcp']),
    z.array(z.tuple([z.string(), z.number(), z.number(), z.array(z.number().int())])),
  ),
})

let byName: ReadonlyMap<string, CloudInstance> | undefined

/**
 * The instance of that name, upper and lower case alike.
 *
 * @throws ModelError `INVALID_REQUEST` when no provider's table has it
 */
export function cloudInstance(name: string): CloudInstance {
  const found = findInstance(name)
  if (found) return found
  const wanted = simplified(name)
  const near = [...(byName ?? new Map<string, CloudInstance>()).values()].filter((one) =>
    simplified(one.name).startsWith(wanted.slice(0, 2)),
  )
  const hint =
    near.length > 0
      ? `; there are ${near
          .slice(0, 5)
          .map((one) => one.name)
          .join(', ')} ...`
      : ''
  throw new ModelError('INVALID_REQUEST', `instance: no table has ${quote(name)}${hint}`, { field: 'instance' })
}

/** The same, `undefined` when no table has it. */
export function findInstance(name: string): CloudInstance | undefined {
  byName ??= readInstances()
  return byName.get(simplified(name))
}

/** `Standard_D4s_v3` and `D4s v3` are the same. */
function simplified(name: string): string {
  return name
    .slice(0, 128)
    .trim()
    .toLowerCase()
    .replace(/[_ ]+/g, '_')
    .replace(/^standard_/, '')
}

function readInstances(): ReadonlyMap<string, CloudInstance> {
  const { hosts, instances } = instanceFileSchema.parse(JSON.parse(readShippedText('instances.json')))
  const result = new Map<string, CloudInstance>()
  for (const provider of ['aws', 'azure', 'gcp'] as const) {
    for (const [name, vcpus, memory, on] of instances[provider]) {
      const own = on.map((k): InstanceHost => {
        const [processor, threads, hostMemory] = hosts[k]!
        return { processor, threads, memory: hostMemory }
      })
      result.set(simplified(name), { provider, name, vcpus, memory, hosts: own })
    }
  }
  return result
}
