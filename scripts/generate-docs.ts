/**
 * Writes what the code already knows: `docs/configuration.md` from the option table, `docs/cli.md` from the command tree,
 * `docs/metrics.md` from the programs' registries, `docs/api.md` from the comments of what the package exports, `docs/http.md` from the programs' OpenAPI documents, the Grafana dashboard, and the alert rules for Kubernetes. With `--check` it writes nothing and fails where a file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { exitCodes } from '../src/cli/terminal/exit-code.js'
import type { CliIo } from '../src/cli/terminal/io.js'
import { keplerModelProgram } from '../src/cli/program.js'
import { loadConfig, showConfig } from '../src/config/config.js'
import { optionGroups } from '../src/config/option.js'
import { type ConfigKey, options } from '../src/config/options.js'
import { apiPage } from './api-page.js'
import { dashboard } from './dashboard.js'
import { httpPage } from './http-page.js'
import { type DescribedMetric, processMetrics, programMetrics } from './program-metrics.js'
import { prometheusRule } from './prometheus-rule.js'

const generated = '<!-- Made by `npm run docs` from the code. Change the code, not this file. -->'

function configurationPage(): string {
  const keys = Object.keys(options) as ConfigKey[]
  const sections = optionGroups.flatMap((group) => [
    `## ${group}`,
    '',
    '| setting | value | default | |',
    '| --- | --- | --- | --- |',
    ...keys
      .filter((key) => options[key].group === group)
      .map((key) => `| \`${key}\` | ${options[key].kind} | ${shownDefault(key)} | ${options[key].description} |`),
    '',
  ])
  return [
    '# Settings',
    '',
    generated,
    '',
    'A setting is looked for on the command line, then in the file `<CONFIG_PATH>/<KEY>` (`CONFIG_PATH` is',
    '`/etc/kepler/kepler.config` unless the environment says otherwise: mount a config map there), then among the lines of',
    '`MODEL_CONFIG`, then in the environment. An empty value counts as none. A wrong value ends the program at its start',
    'with exit code 2 and a message that names the key, the value and where it came from.',
    '`kepler-model config` shows what is in force.',
    '',
    ...sections,
  ].join('\n')
}

function shownDefault(key: ConfigKey): string {
  const row = options[key]
  if (row.defaultText !== undefined) return row.defaultText
  return row.default === undefined ? '' : `\`${String(row.default)}\``
}

async function cliPage(): Promise<string> {
  const program = await keplerModelProgram(documentationIo)
  const commands = program.createHelp().visibleCommands(program)
  const codes = Object.values(exitCodes).map(({ code, meaning }) => `| ${code} | ${meaning} |`)
  return [
    '# Command line',
    '',
    generated,
    '',
    helpBlock(program),
    ...commands.filter((command) => command.name() !== 'help').flatMap(commandSection),
    '## Exit codes',
    '',
    '| code | meaning |',
    '| --- | --- |',
    ...codes,
    '',
  ].join('\n')
}

function commandSection(command: Command): string[] {
  return [`## ${command.name()}`, '', helpBlock(command), ...command.commands.flatMap(commandSection)]
}

function helpBlock(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 100 })
  command.outputHelp()
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`
}

function metricsPage(): string {
  const sections = [...programMetrics()].flatMap(([program, metrics]) => [
    `## ${program}`,
    '',
    ...metricsTable(metrics),
  ])
  return [
    '# Metrics',
    '',
    generated,
    '',
    'What each program answers at `/metrics`, for Prometheus. What to do when they look odd: [operations.md](operations.md).',
    '',
    ...sections,
    '## Every program',
    '',
    'Figures of the process, as all Node programs with prom-client have them.',
    '',
    ...metricsTable(processMetrics()),
  ].join('\n')
}

function metricsTable(metrics: readonly DescribedMetric[]): readonly string[] {
  const row = ({ name, type, labels, help }: DescribedMetric) =>
    `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`
  return ['| metric | type | labels | |', '| --- | --- | --- | --- |', ...metrics.map(row), '']
}

const environment = { CONFIG_PATH: '/nonexistent' }
const documentationIo: CliIo = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  loadConfig: () => loadConfig({ environment }),
  showConfig: () => showConfig({ environment }),
  signal: new AbortController().signal,
}

const check = process.argv.includes('--check')
for (const [file, content] of [
  ['docs/configuration.md', configurationPage()],
  ['docs/cli.md', await cliPage()],
  ['docs/metrics.md', metricsPage()],
  ['docs/api.md', apiPage(generated)],
  ['docs/http.md', httpPage(generated)],
  ['deploy/grafana/dashboards/kepler-power-models.json', dashboard()],
  ['deploy/kubernetes/components/monitoring/prometheus-rule.yml', prometheusRule()],
] as const) {
  if (!check) writeFileSync(file, content)
  else if (readOrEmpty(file) !== content) {
    console.error(`${file} is out of date: run \`npm run docs\``)
    process.exitCode = 1
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
