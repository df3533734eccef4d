import assert from 'node:assert/strict'
import { existsSync, readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../support/temporary-folder.js'
import { type CaseCheck, casesFolder, openCase } from './cases/case.js'
import { commandCases } from './cases/commands.js'
import { onlineCases } from './cases/online.js'
import { machineCases } from './cases/machines.js'
import { timeCases } from './cases/time.js'

/** What is right for each folder of the cases. A new one is a function in one of these tables. */
const checks: Readonly<Record<string, CaseCheck>> = { ...machineCases, ...timeCases, ...onlineCases, ...commandCases }

/** Cases that other tests hold to what is right: they need servers, or no data at all. */
const elsewhere: Readonly<Record<string, string>> = {
  'go-time': 'src/cli/inputs/benchmark-time.test.ts',
  'no-proxy-cidr': 'src/net/no-proxy.test.ts',
  'node-type-header': 'src/selection/model-match.test.ts',
  'offline-estimator': 'test/e2e/offline.test.ts',
  'thanos-partial': 'src/prometheus/query.test.ts',
  'url-params': 'src/prometheus/query.test.ts',
}

const skip = existsSync(casesFolder) ? false : `needs the cases in ${casesFolder}`

describe('cases that users have reported', { skip }, () => {
  const folders = skip
    ? []
    : readdirSync(casesFolder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
        .map(({ name }) => name)

  it('are all held to what is right', () => {
    const known = new Set([...Object.keys(checks), ...Object.keys(elsewhere)])
    assert.deepEqual(
      folders.filter((name) => !known.has(name)),
      [],
    )
    for (const [name, file] of Object.entries(elsewhere)) assert.ok(existsSync(file), `${name}: ${file}`)
  })

  for (const [name, check] of Object.entries(checks)) {
    it(name, async () => check(await openCase(name, temporaryFolder())))
  }
})
