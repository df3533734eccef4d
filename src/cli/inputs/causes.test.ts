import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { readText } from '../commands/curve-table.js'
import { benchmarkTime } from './benchmark-time.js'
import { readDataset } from './dataset-input.js'
import { fleetFolder } from './fleet-folder.js'
import { knownNodeTypes } from './known-node-types.js'
import { machineOfId } from './machine-id.js'
import { readNamedArchive } from './named-archive.js'
import { parsePowerRows } from './power-rows.js'
import { readProfile } from './profile-input.js'

describe('what cannot be read', () => {
  const folder = temporaryFolder()
  const gone = join(folder, 'gone')
  const { io } = recordedIo()
  const config = io.loadConfig({ DATAPATH: folder })
  writeFiles(folder, { 'broken/node_type_index.json': '{' })
  const attempts: Readonly<Record<string, () => unknown>> = {
    'a dataset': () => readDataset(gone, { source: 'acpi', outputType: 'AbsPower' }),
    'a benchmark': () => benchmarkTime(gone),
    'a folder of machines': () => fleetFolder(gone),
    'node types': () => knownNodeTypes(folder, 'broken'),
    'the node type of a machine': () => machineOfId(folder, 'broken', 'a'),
    'an archive': () => readNamedArchive(gone, config, io.signal),
    'rows of usage': () => parsePowerRows('[1'),
    'a profile': () => readProfile(io, gone, config),
    'a table of machines': () => readText(gone),
  }
  for (const [what, attempt] of Object.entries(attempts)) {
    it(`keeps why: ${what}`, async () => {
      await assert.rejects(
        async () => attempt(),
        (error: unknown) => error instanceof Error && error.name === 'ModelError' && error.cause instanceof Error,
      )
    })
  }
})
