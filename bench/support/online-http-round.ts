/**
 * One round of the online trainer from a Prometheus to a candidate, in a process of its own:
 *
 *     online-http-round.ts <url> <start> <end>      measurements of unix seconds `start` to `end`, five minutes a query
 *
 * Prints seconds and megabytes of the query alone, and seconds, megabytes and seconds of processors of all.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { options } from '../../src/config/options.js'
import { openHistory } from '../../src/online/history/history.js'
import { createOnlineTrainer } from '../../src/online/online-trainer.js'
import { openProfileFile } from '../../src/online/profile-file.js'
import { runAssess } from '../../src/online/round/run-assess.js'
import { pipelineVersions } from '../../src/online/versions/versions.js'
import { prometheusClient } from '../../src/prometheus/client.js'
import { isTrainerName } from '../../src/regression/trainers.js'
import { silentLogger } from '../../src/runtime/ports.js'

const [url = '', start = '', end = ''] = process.argv.slice(2)
const step = options.PROM_QUERY_STEP.default
const folder = mkdtempSync(join(tmpdir(), 'bench-online-http-'))
const client = prometheusClient({ url })
const begun = performance.now()
const measured = () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const values = [(performance.now() - begun) / 1000, maxRSS / 1000, (userCPUTime + systemCPUTime) / 1e6]
  return values.map((value) => value.toFixed(1))
}
try {
  const trainer = createOnlineTrainer({
    client,
    history: await openHistory({
      folder: join(folder, 'history'),
      seconds: Number(end) - Number(start),
      maxBytes: options.ONLINE_HISTORY_MAX_BYTES.default,
      interval: options.PROM_QUERY_INTERVAL.default,
      step,
    }),
    versions: pipelineVersions(folder, 'std', 3),
    learned: await openProfileFile(folder),
    specs: new Map(),
    trainers: options.ONLINE_TRAINERS.default.filter(isTrainerName),
    publishInterval: 600_000,
    interval: 20_000,
    recentSeconds: options.PROM_QUERY_INTERVAL.default,
    minRows: options.ONLINE_MIN_ROWS.default,
    maxRows: options.ONLINE_MAX_ROWS.default,
    margin: options.ONLINE_MARGIN.default / 100,
    maxError: options.ONLINE_MAX_ERROR.default,
    errorKey: options.ERROR_KEY.default,
    logger: silentLogger,
    // The newest step is left out.
    clock: () => (Number(end) + step) * 1000,
    assess(...asked) {
      process.stdout.write(`${measured().slice(0, 2).join(' ')}\n`)
      return runAssess(...asked)
    },
  })
  const { outcome, why } = await trainer.round(new AbortController().signal)
  if (outcome !== 'published') throw new Error(why)
  process.stdout.write(`${measured().join(' ')}\n`)
} finally {
  await client.close()
  rmSync(folder, { recursive: true })
}
