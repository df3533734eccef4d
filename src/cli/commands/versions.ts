import type { Command } from 'commander'
import { ModelError, quote } from '../../core/errors.js'
import { reasonsOf, releasePin, rollBack } from '../../online/versions/change-version.js'
import { pipelineVersions, type Versions } from '../../online/versions/versions.js'
import { knownFolder } from '../../service/writable-folder.js'
import { describedCommand } from '../help/described-command.js'
import { addSettingOptions, settingOverrides } from '../options/setting-options.js'
import { type CliIo, writeJson, writeNotes } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

const settings = {
  MODEL_PATH: '--model-path <folder>',
  ONLINE_PIPELINE: '-p, --pipeline-name <name>',
} as const

interface Options extends TableOptions {
  readonly rollback?: string | true
  readonly unpin?: boolean
  readonly history?: boolean
  readonly json?: boolean
}

/** `kepler-model versions`: lists and rolls back what the online trainer published. */
export function versionsCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'versions',
    group: 'train',
    summary: 'list the versions that the online trainer published, or roll back to one',
    description:
      'Lists the versions of a pipeline that the online trainer published. --rollback serves an earlier one again, at once and for every model server that follows the folder, and pins it: nothing is published over it until --unpin.',
    examples: [
      ['kepler-model versions', 'which versions are kept, and which one is served'],
      ['kepler-model versions --history', 'what was done, and why'],
      ['kepler-model versions --rollback', 'back to the version before the served one'],
      ['kepler-model versions --unpin', 'let the online trainer publish again'],
    ],
  })
    .option('--rollback [version]', 'serve this version again (default: the one before the served one), and pin it')
    .option('--unpin', 'let the online trainer publish again')
    .option('--history', 'list what was done and why, the newest last')
    .option('--json', 'print JSON')
  addTableOption(addSettingOptions(command, settings))
  return command.action(async (options: Options) => {
    const config = io.loadConfig(settingOverrides(command, settings))
    const folder = knownFolder(config, 'MODEL_PATH')
    const versions = pipelineVersions(folder, config.ONLINE_PIPELINE, config.ONLINE_KEEP_VERSIONS)
    const change = { by: 'by command', now: Date.now() }
    if (options.rollback !== undefined) {
      const { number } = await rollBack(versions, numberOf(options.rollback), change)
      if (!options.json) writeNotes(io, [`Version ${number} is served again and pinned (--unpin ends that).`, ''])
    }
    if (options.unpin) {
      const pinned = await releasePin(versions, change)
      if (!options.json) {
        const was =
          pinned &&
          `Version ${pinned.version} was pinned since ${pinned.since}; now the online trainer publishes again.`
        writeNotes(io, [was ?? `No version of ${versions.name} was pinned.`, ''])
      }
    }
    if (options.history) return listHistory(io, versions, options)
    return listVersions(io, versions, folder, options)
  })
}

function numberOf(text: string | true): number | undefined {
  if (text === true) return undefined
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new ModelError('INVALID_REQUEST', `${quote(text)} is no number of a version`, { field: 'rollback' })
}

async function listVersions(io: CliIo, versions: Versions, folder: string, options: Options): Promise<void> {
  const list = await versions.list()
  const pin = await versions.pin()
  const reasons = await reasonsOf(versions)
  if (options.json) {
    const shown = list.map(({ path: _, publishedAt, ...version }) => ({
      ...version,
      published: new Date(publishedAt).toISOString(),
      why: reasons.get(version.number) ?? null,
    }))
    return writeJson(io.stdout, { pipeline: versions.name, pinned: pin ?? null, versions: shown })
  }
  if (list.length === 0) {
    return writeNotes(io, [
      `The online trainer has published nothing under ${versions.name} in ${folder} yet (see \`online-trainer --help\`).`,
    ])
  }
  writeTable(
    io.stdout,
    [{ title: 'VERSION', align: 'right' }, { title: 'PUBLISHED' }, { title: 'STATE' }, { title: 'WHY', wrap: true }],
    list.map(({ number, publishedAt, live }) => [
      number,
      new Date(publishedAt).toISOString().slice(0, 19).replace('T', ' '),
      [live ? 'served' : '', pin?.version === number ? 'pinned' : ''].filter(Boolean).join(', '),
      reasons.get(number) ?? '',
    ]),
    options,
  )
}

async function listHistory(io: CliIo, versions: Versions, options: Options): Promise<void> {
  const entries = await versions.history()
  if (options.json) return writeJson(io.stdout, entries)
  writeTable(
    io.stdout,
    [{ title: 'TIME' }, { title: 'ACTION' }, { title: 'VERSION', align: 'right' }, { title: 'WHY', wrap: true }],
    entries.map(({ time, action, version, why }) => [time.slice(0, 19).replace('T', ' '), action, version ?? '', why]),
    options,
  )
}
