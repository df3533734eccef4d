/**
 * One measurement for bench/online-trainer.bench.ts, in a process of its own so that its memory is its own:
 *
 *     online-round.ts round <most rows> <folder>     a round of the online trainer on the responses in the folder
 *     online-round.ts parse <folder>                 JSON.parse of the same
 *
 * Prints seconds and megabytes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { options } from '../../src/config/options.js'
import { isTrainerName } from '../../src/regression/trainers.js'
import { assess } from '../../src/online/round/assess.js'
import { assessRequest } from '../../test/support/assess-request.js'

const [what, ...args] = process.argv.slice(2)
const folder = args.at(-1) ?? ''
const paths = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => join(folder, name))
const begun = performance.now()
if (what === 'parse') {
  const responses: unknown[] = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))
  if (responses.length !== paths.length) throw new Error('nothing was read')
} else {
  const trainers = options.ONLINE_TRAINERS.default.filter(isTrainerName)
  const candidatePath = join(folder, 'candidate.zip')
  const { candidate } = await assess(assessRequest({ paths, trainers, candidatePath, maxRows: Number(args[0]) }))
  if (!candidate) throw new Error('no model was good enough')
}
const seconds = (performance.now() - begun) / 1000
process.stdout.write(`${seconds} ${process.resourceUsage().maxRSS / 1000}\n`)
