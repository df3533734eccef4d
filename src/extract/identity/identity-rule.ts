import { ModelError, quote } from '../../core/errors.js'

/** How the labels of another exporter name the machines that Kepler names with its own. */
export interface IdentityRule {
  /** Of which metrics: the name of a metric or the begin of it, or of a job; `*` for all. */
  readonly of: string
  readonly pairs: readonly IdentityPair[]
}

/** `theirs` is the other exporter's label, `ours` Kepler's. With values, these two mean each other. */
export interface IdentityPair {
  readonly theirs: string
  readonly ours: string
  readonly values?: readonly [theirs: string, ours: string]
}

const side = String.raw`([A-Za-z_][A-Za-z0-9_]*)(?:\s*=\s*"([^"]*)")?`
const pairPattern = new RegExp(`^${side}\\s*->\\s*${side}$`)

/**
 * Reads `node_exporter: instance -> node`, `pdu: outlet="3" -> node="w1", outlet="4" -> node="w2"`, or `instance -> node`
 * for all other exporters.
 *
 * @throws ModelError `INVALID_REQUEST` that says what is wrong
 */
export function parseIdentityRule(text: string): IdentityRule {
  const [, of = '*', mapping = ''] = /^\s*(?:([^:"]+?)\s*:)?\s*(.*)$/s.exec(text) ?? []
  const pairs = splitPairs(mapping).map((part): IdentityPair => {
    const [, theirs, theirValue, ours, ourValue] = pairPattern.exec(part) ?? []
    if (theirs === undefined || ours === undefined || (theirValue === undefined) !== (ourValue === undefined)) {
      throw new ModelError(
        'INVALID_REQUEST',
        `identity ${quote(text)}: expected exporter: label -> label, e.g. node_exporter: instance -> node, or pdu: outlet="3" -> node="w1"`,
        { field: 'identity' },
      )
    }
    return {
      theirs,
      ours,
      ...(theirValue !== undefined && ourValue !== undefined && { values: [theirValue, ourValue] }),
    }
  })
  return { of: of.trim(), pairs }
}

function splitPairs(text: string): readonly string[] {
  return text.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).map((part) => part.trim())
}

/** Whether a rule speaks of a series: of its metric, or of the job that scraped it. */
export function speaksOf({ of }: IdentityRule, metric: string, job: string | undefined): boolean {
  if (of === '*') return true
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
  const wanted = plain(of)
  // node_exporter is the exporter whose metrics begin with node_.
  const prefix = plain(of.replace(/[_-]?exporter$/, ''))
  const name = plain(metric)
  return (
    name === wanted || (prefix !== '' && name.startsWith(prefix)) || (job !== undefined && plain(job).includes(wanted))
  )
}
