import { readFile } from 'node:fs/promises'
import type { Config } from '../config/config.js'
import { ModelError, messageOf } from '../core/errors.js'
import { parseIdentityRule } from '../extract/identity/identity-rule.js'
import type { Measurements } from '../extract/measurements.js'
import { meterOf, parseMeters } from '../extract/meter.js'
import { parseMatchers } from '../prometheus/selector.js'

/** Whose measurements count, as the settings say.
 *
 * @throws ModelError `INVALID_REQUEST` or `INVALID_CONFIG` that says which setting cannot be read */
export async function measurementSettings(config: Config): Promise<Measurements> {
  const { PROM_SELECTOR, POWER_METRIC, POWER_UNIT, POWER_COMPONENT, POWER_SOURCE, POWER_METERS } = config
  const listed = POWER_METERS === undefined ? [] : parseMeters(await textOf(POWER_METERS), POWER_METERS)
  const named =
    POWER_METRIC === undefined
      ? []
      : [
          meterOf({
            metric: POWER_METRIC,
            unit: POWER_UNIT,
            component: POWER_COMPONENT,
            ...(POWER_SOURCE !== undefined && { source: POWER_SOURCE }),
          }),
        ]
  return {
    select: parseMatchers(PROM_SELECTOR ?? ''),
    machineLabels: config.MACHINE_LABELS,
    identity: config.MACHINE_IDENTITY.map(parseIdentityRule),
    meters: [...named, ...listed],
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new ModelError('INVALID_CONFIG', `POWER_METERS: ${path} cannot be read: ${messageOf(cause)}`, {
      cause,
      field: 'POWER_METERS',
    })
  }
}
