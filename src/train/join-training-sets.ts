import { append } from '../core/multimap.js'
import { messageOf } from '../core/errors.js'
import type { BuiltTrainingSets, Preprocessed } from './build-training-sets.js'
import { joinSets, type TrainingSet, type WorkloadLabels } from './training-set.js'

/**
 * The training sets of several responses as one: rows of the same energy source, output type, feature group and node type
 * are concatenated. A response whose rows have other components is a failure for that set, and affects no other.
 */
export function joinTrainingSets(parts: readonly BuiltTrainingSets[]): BuiltTrainingSets {
  const [first, ...others] = parts
  if (first !== undefined && others.length === 0) return first
  const groups = new Map<string, [TrainingSet, ...TrainingSet[]]>()
  for (const set of parts.flatMap(({ sets }) => sets)) {
    const key = `${set.source}/${set.outputType}/${set.group}/${set.nodeType}`
    append(groups, key, set)
  }
  const failures = parts.flatMap((part) => part.failures)
  const sets = [...groups].map(([what, own]) => {
    try {
      const workloads = joinedLabels(own)
      return { ...joinSets(own), ...(workloads && { workloads }) }
    } catch (error) {
      failures.push({ what, why: `${messageOf(error)}; only the first response is used` })
      return own[0]
    }
  })
  return {
    sets,
    preprocessed: numbered(parts.flatMap((part) => part.preprocessed)),
    findings: parts.flatMap((part) => part.findings),
    notes: [...new Set(parts.flatMap((part) => part.notes))],
    failures,
  }
}

/** Labels of all rows; `undefined` when no part has any. */
function joinedLabels(sets: readonly TrainingSet[]): WorkloadLabels | undefined {
  const names = [...new Set(sets.flatMap(({ workloads }) => workloads?.names ?? []))].sort()
  if (names.length < 2) return undefined
  const ofRow = sets.flatMap(({ workloads, x }) => {
    if (workloads === undefined) return new Array<number>(x.rows).fill(-1)
    return Array.from(workloads.ofRow, (label) => (label < 0 ? -1 : names.indexOf(workloads.names[label]!)))
  })
  return { names, ofRow: Int32Array.from(ofRow) }
}

/** Files of the second and further responses get a number, since their names are those of the first. */
function numbered(files: readonly Preprocessed[]): readonly Preprocessed[] {
  const seen = new Map<string, number>()
  return files.map((file) => {
    const count = (seen.get(file.fileName) ?? 0) + 1
    seen.set(file.fileName, count)
    return count === 1 ? file : { ...file, fileName: file.fileName.replace(/\.csv$/, `_${count}.csv`) }
  })
}
