import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { ModelError, messageOf } from '../../core/errors.js'
import { writeFileAtomicSync } from '../../runtime/atomic-file.js'
import type { CalibrationPoint } from '../calibration.js'
import type { MachineDescription } from '../machine.js'

/** What was measured of this machine, kept for every later answer. */
export interface Calibration {
  /** The machine that was measured: another one, whose disk this became, is not calibrated by it. */
  readonly machine: string
  readonly points: readonly CalibrationPoint[]
  /** `points` or the queries that they are from. */
  readonly source: string
  /** ISO 8601. */
  readonly measured: string
}

const schema = z.object({
  machine: z.string().max(512),
  points: z
    .array(
      z
        .object({
          load: z.number().min(0).max(1),
          watts: z.number().positive(),
          deviation: z.number().positive().optional(),
        })
        .transform(({ load, watts, deviation }) => ({
          load,
          watts,
          ...(deviation === undefined ? {} : { deviation }),
        })),
    )
    .min(1)
    .max(100),
  source: z.string().max(2048),
  measured: z.string().max(64),
})

/** The file in the folder of the pipelines. */
export function calibrationPath(folder: string): string {
  return join(folder, 'calibration.json')
}

/** What tells machines apart, as far as their power is concerned. */
export function machineIdentity({ processor = '', chips = 0, threads = 0, memory = 0 }: MachineDescription): string {
  return [processor, chips, threads, memory].join('|')
}

/**
 * The calibration of a machine, `undefined` when there is none, or it is of another machine.
 *
 * @throws ModelError `INVALID_CONFIG` when the file is damaged
 */
export function readCalibration(path: string, machine: MachineDescription): Calibration | undefined {
  if (!existsSync(path)) return undefined
  try {
    const calibration = schema.parse(JSON.parse(readFileSync(path, 'utf8')))
    return calibration.machine === machineIdentity(machine) ? calibration : undefined
  } catch (error) {
    throw new ModelError(
      'INVALID_CONFIG',
      `${path} cannot be used: ${messageOf(error)}; \`kepler-model calibrate --forget\` removes it`,
      {
        cause: error,
      },
    )
  }
}

/** @throws ModelError `UNAVAILABLE` when it cannot be written */
export function writeCalibration(path: string, calibration: Calibration): void {
  writeFileAtomicSync(path, `${JSON.stringify(calibration, null, 2)}\n`)
}

/** @returns whether there was one */
export function forgetCalibration(path: string): boolean {
  const there = existsSync(path)
  rmSync(path, { force: true })
  return there
}
