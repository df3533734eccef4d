import { messageOf } from '../core/errors.js'
import { type ModelArchive, readModelArchive } from './read-model-archive.js'

/** No machine with a processor draws this much. */
const mostWatts = 100_000
/** Times the highest level and the range of what was measured, within the range of the inputs. */
const most = 10

/**
 * Why an archive must not be served: it cannot be read, or inside the range of its own training its watts are not finite
 * or far from all that was measured. The metadata of a model is what somebody wrote; this looks at the model itself.
 *
 * @returns `undefined` for an archive without such a fault
 */
export function archiveFault(zip: Uint8Array): string | undefined {
  try {
    return wildWatts(readModelArchive(zip))
  } catch (error) {
    return `its archive cannot be read: ${messageOf(error)}`
  }
}

function wildWatts({ model, uncertainty, predict }: ModelArchive): string | undefined {
  const ranges = new Map(uncertainty.inputs.map((range) => [range.feature, range]))
  const rows = [0, 0.5, 1].map((share) =>
    model.features.map((feature) => {
      const { lower = 0, upper = 0 } = ranges.get(feature) ?? {}
      return lower + share * (upper - lower)
    }),
  )
  const powers = predict(model.features, [model.features.map(() => 0), ...rows])
  for (const [component, watts] of Object.entries(powers)) {
    const measured = Object.entries(uncertainty.components).find(([name]) => name === component)?.[1]
    const highest =
      measured && uncertainty.method !== 'published error'
        ? (measured.table.levels.at(-1) ?? 0) + measured.range
        : mostWatts
    const limit = Math.min(mostWatts, measured ? most * Math.max(highest, 1) : mostWatts)
    const wild = watts.find((value) => !(value <= limit))
    if (wild !== undefined) {
      return `it gives ${wild.toPrecision(3)} W of ${component} inside the range of its training`
    }
  }
  return undefined
}
