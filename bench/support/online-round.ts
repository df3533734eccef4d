/**
 * One measurement for the benchmarks of the online trainer, in a process of its own so that its memory is its own:
 *
 *     online-round.ts round <most rows> <folder>     a round of the online trainer on the responses in the folder
 *     online-round.ts read <folder>                  reading the same responses as one, without learning
 *     online-round.ts parse <folder>                 JSON.parse of the same
 *
 * Prints seconds, megabytes of all threads together, and seconds of processors.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { options } from '../../src/config/options.js'
import { isTrainerName } from '../../src/regression/trainers.js'
import { readHistory } from '../../test/support/read-history.js'
import { runAssess } from '../../src/online/round/run-assess.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { assessRequest } from '../../test/support/assess-request.js'

const [what, ...args] = process.argv.slice(2)
const folder = args.at(-1) ?? ''
const paths = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .map((name) => join(folder, name))
const begun = performance.now()
if (what === 'parse') {
  const responses: unknown[] = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))
  if (responses.length !== paths.length) throw new Error('nothing was read')
} else if (what === 'read') {
  const { response } = await readHistory(paths)
  if (response.samples === 0) throw new Error('nothing was read')
} else {
  const trainers = options.ONLINE_TRAINERS.default.filter(isTrainerName)
  const candidatePath = join(folder, 'candidate.zip')
  const request = assessRequest({ paths, trainers, candidatePath, maxRows: Number(args[0]) })
  const { candidate } = await runAssess(request, silentLogger, new AbortController().signal)
  if (!candidate) throw new Error('no model was good enough')
}
const seconds = (performance.now() - begun) / 1000
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
process.stdout.write(`${seconds} ${maxRSS / 1000} ${(userCPUTime + systemCPUTime) / 1e6}\n`)
