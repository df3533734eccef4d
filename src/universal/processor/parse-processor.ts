import { parseAmd } from './amd.js'
import { parseArm } from './arm.js'
import { processorFamilies } from './families.js'
import { parseIntel } from './intel.js'
import type { Make, ParsedModel, Processor } from './processor.js'

/** Longer names are cut: no processor has one. */
const longestName = 256
const longestKey = 64

/** Families as hypervisors name their virtual processors: `Intel Xeon Processor (Cascadelake)`, `AMD EPYC-Rome`. */
const familyWords: readonly (readonly [RegExp, string])[] = [
  [/\bskylake[- ]client\b/, 'skylake-client'],
  [/\bicelake|\bice lake\b/, 'icelake'],
  [/\bgranite ?rapids\b/, 'graniterapids'],
  [/\bsierra ?forest\b/, 'sierraforest'],
  [/\bsapphire ?rapids\b/, 'sapphirerapids'],
  [/\bemerald ?rapids\b/, 'emeraldrapids'],
  [/\bsandy ?bridge\b/, 'sandybridge'],
  [/\bivy ?bridge\b/, 'ivybridge'],
  ...['nehalem', 'westmere', 'penryn', 'haswell', 'broadwell', 'skylake', 'cascadelake', 'cooperlake'].map(
    (name) => [new RegExp(`\\b${name}\\b`), name] as const,
  ),
  ...['naples', 'rome', 'milan', 'genoa', 'bergamo', 'siena', 'turin'].map(
    (name) => [new RegExp(`\\bepyc[- ]?${name}\\b`), name] as const,
  ),
  [/\bamd epyc\b(?! ?(?:embedded )?\d)/, 'naples'],
]

/**
 * What the name of a processor tells, as makers, operating systems, Kepler's node types and hypervisors write it:
 * `Intel(R) Xeon(R) Gold 6338N CPU @ 2.20GHz`, `amd_epyc_9654`, `Intel Xeon Processor (Skylake, IBRS)`. Never throws:
 * a name that no pattern knows is its own key.
 */
export function parseProcessor(name: string): Processor {
  const raw = name.slice(0, longestName).toLowerCase().replace(/_/g, ' ')
  const cleaned = cleanProcessorName(raw)
  const make = makeOf(cleaned)
  const text = cleaned
    .replace(/\b(?:intel|amd|ampere|nvidia|arm|aws)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const parsed: ParsedModel | undefined =
    parseAmd(text) ?? parseArm(text) ?? (make === 'amd' ? undefined : parseIntel(text))
  const family = parsed?.family ?? familyByWords(raw) ?? oldXeon(raw)
  // A line without a model, as clouds write it, is not one processor: its family is all that it shares.
  const model = parsed === undefined ? text : (parsed.model ?? `?${family ?? text}`)
  const key = `${parsed?.line ?? '?'}:${model}`.slice(0, longestKey)
  const known = make ?? (parsed ? makeOfLine(parsed.line) : undefined)
  return {
    key,
    group: processorGroup(key),
    ...(known ? { make: known } : {}),
    ...(parsed ? { line: parsed.line } : {}),
    ...(family !== undefined && family in processorFamilies ? { family } : {}),
  }
}

/** A name in lower case without marks, clock, number of cores and words that say nothing. */
function cleanProcessorName(name: string): string {
  return name
    .replace(/\((?:r|tm|c)\)|[®™©]/g, '')
    .replace(/\([^()]*\)|\[[^\]]*\]/g, ' ')
    .replace(/[([,].*$/, ' ')
    .replace(/@?\s*\b\d+(?:\.\d+)?\s*[gm]hz/g, ' ')
    .replace(/@.*$/, ' ')
    .replace(/\b(?:dual|quad|six|eight|twelve|\d+)[- ]core\b/g, ' ')
    .replace(/\bw(?:ith|\/) .*\bgraphics\b.*$/, ' ')
    .replace(/\b(?:processor|cpu)\b/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function makeOf(text: string): Make | undefined {
  if (/\bamd\b|opteron|epyc|ryzen/.test(text)) return 'amd'
  if (/intel|xeon|pentium|celeron|\bcore\b|\batom\b/.test(text)) return 'intel'
  if (/ampere|altra|cortex|neoverse|\bgrace\b|graviton|kunpeng|thunderx|a64fx|axion|cobalt|\barm\b/.test(text))
    return 'arm'
  return /\bpower\d+\b/.test(text) ? 'ibm' : undefined
}

/** Names without a maker, such as `X3350`. */
function makeOfLine(line: string): Make | undefined {
  return line === 'xeon' || line === 'core' || line === 'pentium' ? 'intel' : undefined
}

function familyByWords(raw: string): string | undefined {
  return familyWords.find(([pattern]) => pattern.test(raw))?.[1]
}

/** The Xeons of 2005 had no number but their clock. */
function oldXeon(raw: string): string | undefined {
  return /\bxeon\b/.test(raw) && /\b3\.[2-9]\d*\s*ghz/.test(raw) && !/\d{4}/.test(raw) ? 'netburst' : undefined
}

/** E3, E5 and E7 keep their suffix, which tells another clock and another TDP. */
function processorGroup(key: string): string {
  const colon = key.indexOf(':')
  const model = key.slice(colon + 1)
  if (/^e[357]?-/.test(model)) return key
  return `${key.slice(0, colon)}:${model.replace(/^([lewxd]?)(-?\d{4})[a-z+]*$/, '$1$2')}`
}
