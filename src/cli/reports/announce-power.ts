import { messageOf } from '../../core/errors.js'
import { powerAnswerJson } from '../../universal/power-answer.js'
import type { Band } from '../../universal/zones.js'
import type { MachinePower } from '../../universal/machine-powers.js'
import { type Output, writeAnnouncement } from '../terminal/io.js'

/** What is announced of a model server: how many pipelines it has, and the universal model where that is one of them. */
interface PowerServer {
  readonly selector: { status(): { readonly pipelines: readonly unknown[] } }
  readonly universal: { ownPower(): Pick<MachinePower, 'answer' | 'name' | 'sources'> } | undefined
}

/**
 * Prints the power of this machine, with its interval and where it is from, where the universal model is all that a
 * server has. Whoever serves something else waits for nothing: to open the model takes a fraction of a second.
 */
export function announcePower(output: Output, { selector, universal }: PowerServer): void {
  if (!universal || selector.status().pipelines.length > 1) return
  try {
    const power = universal.ownPower()
    const { answer, name, sources } = power
    const { wall, package: pkg, dram, host, points } = answer
    const from = sources.flatMap((source) => (source.url ? [`${source.name} (${source.url})`] : [])).join('; ')
    const document = powerAnswerJson(answer)
    writeAnnouncement(
      output,
      [
        '',
        'No pipeline has this machine; until one does, its watts are those of the universal model (90 % interval):',
        `  at the wall  ${between(wall)}`,
        `  package      ${between(pkg)}`,
        ...(dram ? [`  memory       ${between(dram)}`] : []),
        `  from ${name}: ${from}`,
        ...(host ? [`  as ${(100 * host.share).toPrecision(2)} % of a host, by its ${host.from}`] : []),
        points.length > 0
          ? `  calibrated with ${points.length} of your own measurements`
          : '  one measurement of your own makes it several times surer: `kepler-model calibrate`',
      ],
      { program: 'universal', model: name, sources, ...document },
    )
  } catch (error) {
    writeAnnouncement(output, ['', `The power of this machine is not known: ${messageOf(error)}`], {
      program: 'universal',
      error: messageOf(error),
    })
  }
}

function between(band: Band): string {
  const at = (u: number) => `${short(band.watts.at(u)!)} W (${short(band.low.at(u)!)} to ${short(band.high.at(u)!)})`
  return `${at(0)} idle, ${at(-1)} at full load`
}

function short(watts: number): string {
  return watts < 10 ? watts.toFixed(1) : watts.toFixed(0)
}
