import type { ParsedModel } from './processor.js'

/** Core i by the first digit of four, or the first two of five. */
const cores: Readonly<Record<string, string>> = {
  '2': 'sandybridge',
  '3': 'ivybridge',
  '4': 'haswell',
  '5': 'broadwell',
  '6': 'skylake-client',
  '7': 'kabylake',
  '8': 'coffeelake',
  '9': 'coffeelake',
  '10': 'coffeelake',
  '11': 'rocketlake',
  '12': 'alderlake',
  '13': 'raptorlake',
  '14': 'raptorlake',
}
const pentiumsOfThree: Readonly<Record<string, string>> = {
  '6': 'sandybridge',
  '8': 'sandybridge',
  '2': 'ivybridge',
  '3': 'haswell',
}
const pentiumsOfFour: Readonly<Record<string, string>> = {
  '6': 'westmere',
  '2': 'ivybridge',
  '3': 'haswell',
  '4': 'skylake-client',
  '5': 'coffeelake',
}

/** Core i3 to i9, Core Ultra, Atom. */
export function parseCore(text: string): ParsedModel | undefined {
  const core = /\b(i[3579])[- ]?(\d{3,5})\s*([a-z]{0,2})\b/.exec(text)
  if (core && (/\bcore\b/.test(text) || text.startsWith('i'))) {
    const [, series = '', digits = '', suffix = ''] = core
    const generation = digits.slice(0, digits.length - 3)
    return {
      line: 'core',
      model: `${series}-${digits}${suffix}`,
      family: digits.length === 3 ? coreOfThree(digits) : cores[generation],
    }
  }
  const ultra = /\bcore ultra\s*([a-z0-9 ]{1,16})/.exec(text)
  if (ultra) return { line: 'core', model: `ultra-${ultra[1]!.trim().replace(/ /g, '-')}`, family: 'arrowlake' }
  const atom = /\batom\s*([a-z0-9-]{0,12})/.exec(text)
  return atom ? { line: 'atom', model: atom[1] || undefined, family: 'atom' } : undefined
}

/** The first Core i: 700 to 975 in 45 nm, the others, with the six cores of 970, 980 and 990, in 32 nm. */
function coreOfThree(digits: string): string {
  return /^(?:[78]|9[2-6]|975)/.test(digits) ? 'nehalem' : 'westmere'
}

export function parsePentium(text: string): ParsedModel | undefined {
  const found = /\b(?:pentium|celeron)\s*(?:gold\s*)?(d|g)?\s*(\d{3,4})([a-z]?)/.exec(text)
  if (!found) return undefined
  const [, series = '', digits = '', suffix = ''] = found
  const first = digits.charAt(0)
  return {
    line: 'pentium',
    model: series + digits + suffix,
    family: series === 'd' ? 'netburst' : digits.length === 3 ? pentiumsOfThree[first] : pentiumsOfFour[first],
  }
}
