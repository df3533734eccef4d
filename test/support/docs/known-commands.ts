import { existsSync, readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { parse } from 'yaml'
import { estimatorCommand } from '../../../src/cli/commands/run-estimator.js'
import { modelServerCommand } from '../../../src/cli/commands/run-model-server.js'
import { offlineTrainerCommand } from '../../../src/cli/commands/run-offline-trainer.js'
import { onlineTrainerCommand } from '../../../src/cli/commands/run-online-trainer.js'
import { powerMeterCommand } from '../../../src/cli/commands/run-power-meter.js'
import type { MakeProgram } from '../../../src/cli/main.js'
import { standalone } from '../../../src/cli/help/described-program.js'
import { keplerModelProgram, keplerModelServerProgram } from '../../../src/cli/program.js'
import { runCli } from '../cli.js'

/** The programs of this package by their names on the path. */
export const ownPrograms: Readonly<Record<string, MakeProgram>> = {
  'kepler-model': keplerModelProgram,
  'kepler-model-server': keplerModelServerProgram,
  'model-server': (io) => standalone(modelServerCommand(io)),
  estimator: (io) => standalone(estimatorCommand(io)),
  'offline-trainer': (io) => standalone(offlineTrainerCommand(io)),
  'online-trainer': (io) => standalone(onlineTrainerCommand(io)),
  'power-meter': (io) => standalone(powerMeterCommand(io)),
}

type Arguments = readonly string[]
type Check = (args: Arguments) => readonly string[] | Promise<readonly string[]>

const npmScripts: Readonly<Record<string, string>> = JSON.parse(readFileSync('package.json', 'utf8')).scripts

/** Other programs: what can be checked of their arguments without them. */
const otherPrograms: Readonly<Record<string, Check>> = {
  npm: (args) => npmMistakes(args),
  npx: ([name = '', ...args]) => (name in ownPrograms ? commandMistakes([name, ...args]) : missingFiles(args)),
  node: missingFiles,
  docker: dockerMistakes,
  kubectl: async (args) => [...missingFiles(args), ...(await afterDashes(args))],
  oc: async (args) => [...missingFiles(args), ...(await afterDashes(args))],
  kustomize: missingFiles,
  helm: missingFiles,
  sudo: (args) => commandMistakes(args),
}

/** Programs whose arguments are theirs alone. */
const foreign =
  'apt-get cat chmod cp curl gcloud git go cargo gunzip gzip install jq mkdir openssl pip pip3 prometheus promtool python python3 rm sed sleep systemctl tar unzip vi'.split(
    ' ',
  )

/** What is wrong with a command line: unknown options of our programs, files, scripts and profiles that are not there. */
export async function commandMistakes([name = '', ...args]: Arguments): Promise<readonly string[]> {
  const own = ownPrograms[name]
  if (own) return ownMistakes(own, args)
  const other = otherPrograms[name]
  if (other) return other(args)
  if (foreign.includes(name)) return []
  return [`"${name}" is no program of ours, and none that test/support/docs/known-commands.ts knows`]
}

async function ownMistakes(program: MakeProgram, args: Arguments): Promise<readonly string[]> {
  const { code, stderr } = await runCli(async (io) => withoutActions(await program(io, args)), args)
  // The help of a command ends with the exit code of this process, which is 1 once a test has failed.
  return code === 0 || stderr === '' ? [] : [stderr.trim()]
}

/** The same parser, which does nothing with what it has read. */
function withoutActions(command: Command): Command {
  for (const child of command.commands) withoutActions(child.action(() => undefined))
  // A program of commands does nothing itself, and has its own `help`.
  return command.parent === null && command.commands.length === 0 ? command.action(() => undefined) : command
}

function npmMistakes([what = '', name = '']: Arguments): readonly string[] {
  if (what === 'run') return name in npmScripts ? [] : [`package.json has no script "${name}"`]
  if (what === 'test' || what === 'start') return what in npmScripts ? [] : [`package.json has no script "${what}"`]
  return ['ci', 'install', 'link', 'pack'].includes(what) ? [] : [`"npm ${what}" is not known here`]
}

/** Arguments that are files of the repository by their look. */
function missingFiles(args: Arguments): readonly string[] {
  const ours = args.filter((arg) => /^(deploy|docs|examples|scripts|bench|demo|models|test)\//.test(arg))
  return ours.filter((path) => !existsSync(path)).map((path) => `there is no ${path}`)
}

/** What runs inside a container follows after `--`. */
async function afterDashes(args: Arguments): Promise<readonly string[]> {
  const at = args.indexOf('--')
  return at === -1 ? [] : commandMistakes(args.slice(at + 1))
}

function dockerMistakes(args: Arguments): readonly string[] {
  if (args[0] === 'build') return existsSync('Dockerfile') ? [] : ['there is no Dockerfile']
  if (args[0] !== 'compose') return []
  const { services } = parse(readFileSync('compose.yaml', 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, { profiles?: readonly string[] }>>
  }
  const profiles = new Set(Object.values(services).flatMap(({ profiles = [] }) => profiles))
  const asked = args.flatMap((arg, i) => (arg === '--profile' ? [args[i + 1] ?? ''] : []))
  return asked.filter((name) => !profiles.has(name)).map((name) => `compose.yaml has no profile "${name}"`)
}
