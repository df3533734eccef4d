import type { Config } from '../config/config.js'
import { ModelError, quote } from '../core/errors.js'
import type { OnlineTrainerOptions } from '../online/online-trainer.js'
import { type TrainerName, trainerNamed, trainerNames } from '../regression/trainers.js'

/** What the settings say of the rounds of the online trainer. */
export type RoundSettings = Pick<
  OnlineTrainerOptions,
  | 'trainers'
  | 'publishInterval'
  | 'interval'
  | 'recentSeconds'
  | 'minRows'
  | 'maxRows'
  | 'margin'
  | 'maxError'
  | 'errorKey'
>

/** @throws ModelError `INVALID_CONFIG` naming the trainer that there is none of */
export function roundSettings(config: Config): RoundSettings {
  return {
    trainers: trainersOf(config.ONLINE_TRAINERS),
    publishInterval: config.ONLINE_PUBLISH_INTERVAL * 1000,
    interval: config.SAMPLING_INTERVAL * 1000,
    recentSeconds: config.PROM_QUERY_INTERVAL,
    minRows: config.ONLINE_MIN_ROWS,
    maxRows: config.ONLINE_MAX_ROWS,
    margin: config.ONLINE_MARGIN / 100,
    maxError: config.ONLINE_MAX_ERROR,
    errorKey: config.ERROR_KEY,
  }
}

function trainersOf(names: readonly string[]): readonly TrainerName[] {
  const unknown = names.find((name) => trainerNamed(name) === undefined)
  if (unknown !== undefined || names.length === 0) {
    const given = unknown === undefined ? 'no trainer is named' : `unknown trainer ${quote(unknown)}`
    throw new ModelError('INVALID_CONFIG', `ONLINE_TRAINERS: ${given}; there are ${trainerNames.join(', ')}`, {
      field: 'ONLINE_TRAINERS',
    })
  }
  return [...new Set(names.flatMap((name) => trainerNamed(name) ?? []))]
}
