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
  if (names.length === 0) throw refused('no trainer is named')
  const trainers = names.map((name) => {
    const trainer = trainerNamed(name)
    if (trainer === undefined) throw refused(`unknown trainer ${quote(name)}`)
    return trainer
  })
  return [...new Set(trainers)]
}

function refused(why: string): ModelError {
  return new ModelError('INVALID_CONFIG', `ONLINE_TRAINERS: ${why}; there are ${trainerNames.join(', ')}`, {
    field: 'ONLINE_TRAINERS',
  })
}
