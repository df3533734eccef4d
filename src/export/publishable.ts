import { metadataNumber, type MetadataNumbers } from '../registry/metadata-numbers.js'

/** The model database's gate: watts and percent. */
export const thresholds = { mae: 10, mape: 20, worst: 100 } as const

/**
 * Why a model is not for the model database; `undefined` for one that is. Its error is at most 10 W or 20 %, and neither
 * is above 100. An error that is not known, -1 in metadata, speaks for nothing: the original takes it for a good one.
 */
export function whyUnpublishable(numbers: MetadataNumbers): string | undefined {
  const mae = metadataNumber(numbers, 'mae')
  const mape = metadataNumber(numbers, 'mape')
  if (mae === undefined && mape === undefined) return 'its error is not known'
  if ((mae ?? 0) > thresholds.worst) return `its MAE of ${mae} W is above ${thresholds.worst}`
  if ((mape ?? 0) > thresholds.worst) return `its MAPE of ${mape} % is above ${thresholds.worst}`
  if (mae !== undefined && mae <= thresholds.mae) return undefined
  if (mape !== undefined && mape <= thresholds.mape) return undefined
  const ofMae = mae === undefined ? 'its MAE is not known' : `its MAE of ${mae} W is above ${thresholds.mae}`
  const ofMape = mape === undefined ? 'its MAPE is not known' : `its MAPE of ${mape} % above ${thresholds.mape}`
  return `${ofMae}, and ${ofMape}`
}
