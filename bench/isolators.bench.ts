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

const text = `# Isolators

Dynamic power is what a workload adds to a node: without its idle power, and without the background that a node runs anyway.
No meter shows it, so no measurement says how good an isolator is. A simulated node does: its truth is known
(\`kepler-model simulate --truth\`).

## What each takes away

P(t) is the measured power of one component, package or platform, at time t. What is left is dynamic power, and is learnt from
the usage of the workload alone: containers that an isolator knows as background leave the features too.

| isolator | dynamic power | needs |
| --- | --- | --- |
| none | \`P(t)\` | power that is dynamic already |
| min | \`P(t) - min P\` | a run in which the node was idle at some time |
| profile | \`max(0, P(t) - n (lowest + highest) / 2)\` | an idle run of such a node |
| trainer | \`max(0, P(t) - f(b(t)))\` | a model of whole nodes, and the names of the background |
| auto | the first of profile, profile of idle windows, min that fits | nothing |

- **min** refuses a run that was never idle. A straight line through the run, with weights not below 0, gives a watts at no
  usage; where \`min P - a\` is more than twice the mean of \`P - min P\`, most of the work would be taken for idle.
- **profile**: lowest and highest are the least and the most that a package of the idle node drew, by component and node type
  (\`kepler-model profile\`); n is the number of packages where P is that of the whole node, else 1. It
  refuses a profile of another machine: one that a fifth of the rows lie clearly below.
- **trainer**: b is the usage of the background, f a model with idle power in it (\`AbsPower\`); of two packages each loses its part. Models are tried in the order
  of their errors, and the first is taken whose rest follows the usage of the workload with a correlation of 0.7.
- **auto**: where no profile is given, idle windows are looked for in the run: ten times in a row, each the mean of five
  samples, at which no feature is above its quietest by more than 5 % of its range. They are made a profile; without any, it is min.

Five minutes of three simulated nodes (drawn by \`npx tsx scripts/draw-isolators.ts\`). The closer the blue line is to the edge
of the area, the better:

![What each isolator leaves of measured power, beside the true power of the workload](img/isolators.svg)

## Against the truth

Figures are the mean absolute error in watts against what the workload caused in truth, and in brackets the bias: below
zero, the isolator took too much. 25 minutes at steps of 3 s. The profile comes from another run of the same node with its background only;
the model of \`trainer\` is gradient boosting on other runs (\`idle\`, \`staircase\`, \`mixed\`), with the background told by name;
\`auto\` has no profile.
This file is written by \`npx tsx bench/isolators.bench.ts --write\`.

### Package and dram (rapl-sysfs)

${tableOf('rapl-sysfs')}

### Platform (acpi)

${tableOf('acpi')}

## Which one to take

- **min** needs nothing, and none is better by more than a hundredth of a watt where the node was idle at some time and its background is
  small (\`staircase\`, \`bursty\`). Where the node never rests it takes the least *load* for idle power: it refuses to where
  nothing sensible would be left (\`steady\`), and is far off where some is (\`mixed\`, \`churn\`).
- **profile** does not care whether the node rests: it needs one idle run of such a node. It is the one for services
  that always run (\`steady\`, \`mixed\`, \`churn\`). Background that moves is beyond it: it takes the same watts at all times.
- **trainer** follows background that moves (\`background-heavy\`), by a model that has seen a node with little to do. It is
  as good as the profile elsewhere; with a model that never saw little usage it takes far too much (learnt on
  \`mixed\` alone, it was 53 W off on \`steady\` platform power).
- **auto** with a profile of such a node is the profile. Without one it is as good as min where the node rested, and no better where it did
  not: what it takes for idle windows is then the least load (\`mixed\`).
- **none** is for data that is dynamic already.

A concave power curve leaves a rest that no isolator can tell: background alone costs more than its share of a busy node,
which is why good isolators are one to two watts below the truth.
`

console.log(text)
if (process.argv.includes('--write')) writeFileSync('docs/isolators.md', text)
