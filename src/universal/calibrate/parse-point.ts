import { ModelError, quote } from '../../core/errors.js'
import type { CalibrationPoint } from '../calibration.js'
import { logRatio } from '../zones.js'

const mostWatts = 1e6

/**
 * `50%=212W` at the wall, `50%=140W:package` of all packages, `idle=95`, `full=480W`.
 *
 * @throws ModelError `INVALID_REQUEST` naming what is none
 */
export function parseCalibrationPoint(text: string): CalibrationPoint {
  const found = /^\s*(idle|full|\d{1,3}(?:\.\d+)?\s*%)\s*=\s*(\d+(?:\.\d+)?)\s*W?(?::(wall|package))?\s*$/i.exec(text)
  if (!found) {
    throw new ModelError(
      'INVALID_REQUEST',
      `point: expected a load and watts such as 50%=212W or idle=95W:package, got ${quote(text)}`,
      {
        field: 'point',
      },
    )
  }
  const [, at = '', amount = '', zone = 'wall'] = found
  const load = /^idle$/i.test(at) ? 0 : /^full$/i.test(at) ? 1 : Number.parseFloat(at) / 100
  const watts = Number(amount)
  if (load > 1 || !(watts > 0 && watts <= mostWatts)) {
    throw new ModelError('INVALID_REQUEST', `point: expected 0 to 100 % and watts above 0, got ${quote(text)}`, {
      field: 'point',
    })
  }
  return zone.toLowerCase() === 'package' ? wallPointOfPackage(load, watts) : { load, watts }
}

/** What the power of all packages says of that at the wall: as much as their ratio is known, which is not much. */
export function wallPointOfPackage(load: number, watts: number): CalibrationPoint {
  const { mean, deviation } = logRatio('package', load)
  return { load, watts: watts / Math.exp(mean), deviation }
}
