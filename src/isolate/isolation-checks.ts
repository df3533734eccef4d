import type { Dataset, PowerColumn } from '../extract/dataset.js'
import type { Finding } from '../extract/findings.js'
import { mean } from '../numeric/matrix.js'
import { idleEvidence } from './idle-evidence.js'

/** What is doubtful about an isolation, in numbers. */
export interface Doubt {
  readonly finding: Finding
  /** Whether nothing sensible is left of dynamic power. */
  readonly hopeless: boolean
}

/** Watts, and the share of idle power, below which taking too much or too little is noise. */
const leastWatts = 2
const leastShare = 0.1
/** Watts of work taken for idle, as a share of the mean dynamic power left, from which it is said; and refused. */
const doubtful = 0.25
const hopeless = 2
/** A profile is of another machine when this share of the rows drew less than it, by more than a tenth. */
const belowProfile = 0.02
const mostlyBelowProfile = 0.2
const clearlyBelow = 0.9

/** Whether the least that was measured is idle power: where the node was never idle it holds the watts of work. */
export function neverIdle(dataset: Dataset): readonly Doubt[] {
  const evidence = idleEvidence(dataset)
  if (evidence === undefined) return []
  return dataset.powers.flatMap(({ name, values }, i): readonly Doubt[] => {
    const least = Math.min(...values)
    const tooMuch = least - evidence.atNoUsage[i]!
    const left = mean(values) - least
    if (tooMuch < leastWatts || tooMuch < leastShare * least || tooMuch < doubtful * left) return []
    const finding: Finding = {
      kind: 'never idle',
      metric: name,
      count: 1,
      example: `at its quietest the node did ${(100 * evidence.quietest).toFixed(0)} % of its highest usage: ${watts(least)} is its least, a line through the data has ${watts(evidence.atNoUsage[i]!)} at no usage`,
      effect: `dynamic power may be ${watts(tooMuch)} too low: give the idle profile of such a node`,
    }
    return [{ finding, hopeless: tooMuch > hopeless * left }]
  })
}

/** Whether the idle power of a profile can be that of this node, which must never draw less. */
export function profileAboveRun(column: PowerColumn, idle: (row: number) => number): readonly Doubt[] {
  const { name, values } = column
  const below = values.reduce((count, value, row) => count + (value < clearlyBelow * idle(row) - leastWatts ? 1 : 0), 0)
  if (below <= belowProfile * values.length) return []
  const finding: Finding = {
    kind: 'profile above the run',
    metric: name,
    count: below,
    example: `the profile has ${watts(idle(0))} idle, this run draws ${watts(Math.min(...values))} at its least`,
    effect: 'the profile is of another machine: dynamic power is too low',
  }
  return [{ finding, hopeless: below > mostlyBelowProfile * values.length }]
}

/** Whether power is that of a whole node, idle power included, though it is used as dynamic power. */
export function absolutePower(dataset: Dataset): readonly Finding[] {
  const evidence = idleEvidence(dataset)
  if (evidence === undefined) return []
  return dataset.powers.flatMap(({ name, values }, i): readonly Finding[] => {
    const idle = evidence.atNoUsage[i]!
    if (idle < leastWatts || idle < leastShare * mean(values)) return []
    return [
      {
        kind: 'absolute power',
        metric: name,
        count: 1,
        example: `a line through the data has ${watts(idle)} at no usage`,
        effect: 'idle power is learnt as dynamic power: choose another isolator',
      },
    ]
  })
}

function watts(value: number): string {
  return `${value.toFixed(1)} W`
}
