/** The beginnings of the names of this package's own metrics; a Prometheus that scrapes the programs has them too. */
export const programPrefixes = [
  'kepler_model_server_',
  'kepler_estimator_',
  'kepler_offline_trainer_',
  'kepler_online_trainer_',
  'kepler_meter_',
] as const

/** Whether a metric is of one of this package's programs, and not of Kepler. */
export function isProgramMetric(name: string): boolean {
  return programPrefixes.some((prefix) => name.startsWith(prefix))
}
