import type { Command } from 'commander'
import type { Config } from '../../config/config.js'
import { counted } from '../../core/counted.js'
import { ModelError, messageOf } from '../../core/errors.js'
import { type Check, ok, problem, warning } from '../../service/doctor/check.js'
import { describedCommand } from '../help/described-command.js'
import { packageVersion } from '../package-version.js'
import { type CliIo, writeJson } from '../terminal/io.js'
import { addTableOption, type TableOptions, writeTable } from '../terminal/table.js'

interface Options extends TableOptions {
  readonly json?: boolean
}

/** `kepler-model doctor`: checks what the programs need on this machine. */
export function doctorCommand(io: CliIo): Command {
  const command = describedCommand({
    name: 'doctor',
    group: 'help',
    summary: 'check what the programs need here, and say what to do',
    description:
      'Checks versions, settings, folders, sockets, pipelines, the power meter and the Prometheus of this machine, changes nothing, and says what to do about what it finds. Exit code 1 when something keeps a program from working; warnings are no failure.',
    examples: [
      ['kepler-model doctor', 'before the first start, or when something is wrong'],
      ['kepler-model doctor --json', 'for a report'],
    ],
  }).option('--json', 'print JSON')
  return addTableOption(command).action(async (options: Options) => {
    const checks = await allChecks(io)
    if (options.json) writeJson(io.stdout, checks)
    else {
      writeTable(
        io.stdout,
        [{ title: 'CHECK' }, { title: 'STATE' }, { title: 'FOUND', wrap: true }, { title: 'TO DO', wrap: true }],
        checks.map(({ name, state, found, advice }) => [name, state, found, advice]),
        options,
      )
    }
    const problems = checks.filter(({ state }) => state === 'problem').length
    if (problems > 0) throw new ModelError('INVALID_DATA', `${counted(problems, 'problem')} found`)
  })
}

async function allChecks(io: CliIo): Promise<readonly Check[]> {
  const unused: string[] = []
  const versions = ok('versions', `kepler-model ${packageVersion()}, Node ${process.versions.node}`)
  let config: Config
  try {
    config = io.loadConfig({}, (text) => unused.push(text))
  } catch (error) {
    return [versions, problem('settings', messageOf(error), 'correct it; see `kepler-model config`')]
  }
  // Loaded when it is needed, so that other commands start faster.
  const [{ checkFolders }, { checkPipelines }, { checkMeter, checkPrometheus, checkSockets }] = await Promise.all([
    import('../../service/doctor/check-folders.js'),
    import('../../service/doctor/check-pipelines.js'),
    import('../../service/doctor/check-surroundings.js'),
  ])
  return [
    versions,
    ...(unused.length === 0 ? [ok('settings', 'all are valid')] : []),
    ...unused.map((text) => warning('settings', text, 'correct or remove it')),
    ...checkFolders(config),
    ...(await checkPipelines(config)),
    ...(await checkSockets(config)),
    checkMeter('/sys'),
    await checkPrometheus(config, Date.now(), io.signal),
  ]
}
