import { ModelError, messageOf } from '../core/errors.js'
import type { BackgroundRule } from './background.js'
import type { IdleProfile } from './idle-profile.js'
import { profileOfIdleWindows } from './idle-windows.js'
import type { Isolation, Isolator } from './isolator.js'
import { minIsolator } from './min.js'
import { profileIsolator } from './profile.js'
import { sumContainers } from './sum-containers.js'

/**
 * The best isolation that the data supports: by an idle profile where there is one and it can be of this node, else by the
 * idle power of windows in which the node was idle, else by the least that was measured. The notes say which it was, and
 * why not the ones before. `isolate` throws ModelError `INVALID_DATA` where none of them leaves anything sensible.
 */
export function autoIsolator(profile: IdleProfile | undefined, rule: BackgroundRule = {}): Isolator {
  const given = profile && profileIsolator(profile, rule)
  const hinted = (rule.targetHints ?? []).length + (rule.bgHints ?? []).length + (rule.names?.size ?? 0) > 0
  return {
    name: 'auto',
    needsContainers: given?.needsContainers ?? hinted,
    isolate(input) {
      const refused: string[] = []
      for (const [by, isolate] of ways(input, given, rule)) {
        try {
          const { notes, ...isolation } = isolate()
          return { ...isolation, notes: [`isolated by ${by}`, ...refused, ...notes] }
        } catch (error) {
          if (!(error instanceof ModelError && error.code === 'INVALID_DATA')) throw error
          refused.push(`not by ${by}: ${messageOf(error)}`)
        }
      }
      throw new ModelError('INVALID_DATA', `no isolator leaves sensible dynamic power; ${refused.join('; ')}`)
    },
  }
}

function* ways(
  input: Parameters<Isolator['isolate']>[0],
  given: Isolator | undefined,
  rule: BackgroundRule,
): Generator<readonly [string, () => Isolation]> {
  if (given) yield ['the idle profile', () => given.isolate(input)]
  const windows = profileOfIdleWindows(sumContainers(input))
  if (windows) yield ['idle windows in the data', () => profileIsolator(windows, rule).isolate(input)]
  yield ['the least that was measured (min)', () => minIsolator().isolate(input)]
}
