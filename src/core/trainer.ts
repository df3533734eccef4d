/** The recipes a model can come from. Names are the field's: they stand in file names of the model database. */
export const trainerNames = [
  'PolynomialRegressionTrainer',
  'GradientBoostingRegressorTrainer',
  'KNeighborsRegressorTrainer',
  'LinearRegressionTrainer',
  'SVRRegressorTrainer',
  'XgboostFitTrainer',
  'SGDRegressorTrainer',
  'LogarithmicRegressionTrainer',
  'LogisticRegressionTrainer',
  'ExponentialRegressionTrainer',
] as const
export type TrainerName = (typeof trainerNames)[number]

/** Trainers whose models Kepler can evaluate itself, from weights in JSON. */
export const weightTrainers: ReadonlySet<string> = new Set<TrainerName>([
  'SGDRegressorTrainer',
  'LogarithmicRegressionTrainer',
  'LogisticRegressionTrainer',
  'ExponentialRegressionTrainer',
])

export function isTrainerName(value: string): value is TrainerName {
  return (trainerNames as readonly string[]).includes(value)
}
