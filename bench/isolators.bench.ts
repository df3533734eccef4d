/**
 * How close each isolator comes to the truth, on simulated nodes whose true dynamic power is known:
 *
 *     npm run bench -- isolators                     print the figures
 *     npx tsx bench/isolators.bench.ts --write       write them to docs/isolators.md
 */
import { writeFileSync } from 'node:fs'
import { type ScenarioName, scenarioNamed } from '../src/simulate/scenario.js'
import { type IsolationFigures, isolationFigures } from '../test/support/isolation-truth.js'

const scenarios: readonly ScenarioName[] = ['staircase', 'bursty', 'steady', 'mixed', 'churn', 'background-heavy']
const sources = ['rapl-sysfs', 'acpi'] as const

function row({ scenario, workload, figures }: IsolationFigures): string {
  const best = Math.min(...figures.filter(({ refused }) => refused === undefined).map(({ mae }) => mae))
  const cells = figures.map(({ mae, bias, refused }) => {
    if (refused !== undefined) return 'refused'
    const text = `${mae.toFixed(2)} (${bias > 0 ? '+' : ''}${bias.toFixed(2)})`
    return mae === best ? `**${text}**` : text
  })
  return `| ${scenario} | ${scenarioNamed(scenario).summary} | ${workload.toFixed(1)} | ${cells.join(' | ')} |`
}

function tableOf(source: (typeof sources)[number]): string {
  const rows = scenarios.map((scenario) => isolationFigures(scenario, source))
  const names = rows[0]!.figures.map(({ isolator }) => isolator)
  return [
    `| scenario | what happens | workload, W | ${names.join(' | ')} |`,
    `| --- | --- | ---: | ${names.map(() => '---:').join(' | ')} |`,
    ...rows.map(row),
  ].join('\n')
}

const text = `# Isolators against the truth

Dynamic power is what a workload adds to a node: without its idle power, and without the background that a node runs anyway.
No meter shows it, so no measurement says how good an isolator is. A simulated node does: its truth is known
(\`kepler-model simulate --truth\`).

Figures are the mean absolute error in watts against what the workload caused in truth, and in brackets the bias: below
zero, the isolator took too much. 25 minutes at steps of 3 s. The profile comes from another run of the same node with its background only;
the model of \`trainer\` is gradient boosting on other runs (\`idle\`, \`staircase\`, \`mixed\`), with the background told by name.
This file is written by \`npx tsx bench/isolators.bench.ts --write\`.

## Package and dram (rapl-sysfs)

${tableOf('rapl-sysfs')}

## Platform (acpi)

${tableOf('acpi')}

## Which one to take

- **min** needs nothing, and none is better by more than a hundredth of a watt where the node was idle at some time and its background is
  small (\`staircase\`, \`bursty\`). Where the node never rests it takes the least *load* for idle power and is far off, up to
  worse than no isolation (\`steady\`).
- **profile** does not care whether the node rests: it needs one idle run of such a node. It is the one for services
  that always run (\`steady\`, \`mixed\`, \`churn\`). Background that moves is beyond it: it takes the same watts at all times.
- **trainer** follows background that moves (\`background-heavy\`), by a model that has seen a node with little to do. It is
  as good as the profile elsewhere; with a model that never saw little usage it takes far too much (learnt on
  \`mixed\` alone, it was 53 W off on \`steady\` platform power).
- **none** is for data that is dynamic already.

A concave power curve leaves a rest that no isolator can tell: background alone costs more than its share of a busy node,
which is why good isolators are one to two watts below the truth.
`

console.log(text)
if (process.argv.includes('--write')) writeFileSync('docs/isolators.md', text)
