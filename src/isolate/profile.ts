import { ModelError } from '../core/errors.js'
import type { PowerColumn } from '../extract/dataset.js'
import { type BackgroundRule, isBackground } from './background.js'
import { backgroundPower, type IdleProfile } from './idle-profile.js'
import { type Doubt, profileAboveRun } from './isolation-checks.js'
import { containersIn, expectContainers, type Isolator } from './isolator.js'
import { sumContainers } from './sum-containers.js'

/**
 * Containers that an idle node runs are background and leave; what an idle node draws leaves the label, not below 0. A
 * column of one package loses one unit's watts, a column of the whole node those of all units. `isolate` throws ModelError
 * `INVALID_DATA` when the node drew less than the profile's idle power most of the time: then it is another machine's.
 */
export function profileIsolator(profile: IdleProfile, rule: BackgroundRule = {}): Isolator {
  const hints = [...profile.containers, ...(rule.names ?? []), ...(rule.targetHints ?? []), ...(rule.bgHints ?? [])]
  // A profile that was learned from idle windows names nobody: then the whole node will do.
  const needsContainers = hints.length > 0
  return {
    name: 'profile',
    needsContainers,
    isolate(input) {
      const ids = (needsContainers ? expectContainers(input, 'profile') : containersIn(input)) ?? new Set<string>()
      const background = isBackground({ ...rule, names: new Set([...profile.containers, ...(rule.names ?? [])]) })
      const dataset = sumContainers(input, (id) => !background(id))
      const left = [...ids].filter(background).length
      const notes = [`${left} of ${ids.size} containers are background`]
      const doubts: Doubt[] = []
      const powers = dataset.powers.map((column) => ({ ...column, values: withoutIdle(column) }))
      const worst = doubts.find(({ hopeless }) => hopeless)
      if (worst) {
        const { metric, example, effect } = worst.finding
        throw new ModelError('INVALID_DATA', `the idle profile does not fit ${metric}: ${example}; ${effect}`)
      }
      return { dataset: { ...dataset, powers }, notes, findings: doubts.map(({ finding }) => finding) }

      function withoutIdle(column: PowerColumn): Float64Array {
        const { component, unit, values } = column
        const perType = new Map<number, number>()
        for (const type of new Set(dataset.nodeTypes)) {
          const { watts, units } = backgroundPower(profile, dataset.source, component, type)
          perType.set(type, unit === undefined ? watts * units : watts)
        }
        for (const [type, watts] of perType)
          notes.push(`node type ${type}: ${watts.toFixed(3)} W of ${component} are idle`)
        const idle = (row: number) => perType.get(dataset.nodeTypes[row]!) ?? 0
        doubts.push(...profileAboveRun(column, idle))
        return values.map((watts, row) => Math.max(0, watts - idle(row)))
      }
    },
  }
}
