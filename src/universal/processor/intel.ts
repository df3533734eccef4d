import { parseCore, parsePentium } from './intel-desktop.js'
import type { ParsedModel } from './processor.js'

/** E3, E5 and E7 by their version. */
const versions: Readonly<Record<string, string>> = {
  '2': 'ivybridge',
  '3': 'haswell',
  '4': 'broadwell',
  '5': 'skylake-client',
  '6': 'kabylake',
}
const seriesE: Readonly<Record<string, string>> = {
  '21': 'coffeelake',
  '22': 'coffeelake',
  '23': 'rocketlake',
  '24': 'raptorlake',
}
const seriesD: Readonly<Record<string, string>> = {
  '15': 'broadwell',
  '16': 'broadwell',
  '21': 'skylake',
  '17': 'icelake',
  '18': 'icelake',
  '27': 'icelake',
  '28': 'icelake',
}
/** Xeons of four digits before 2011, and those since 2017 that are written without Gold or Platinum. */
const fourDigits: Readonly<Record<string, string>> = {
  ...named('netburst', '50', '70', '71'),
  ...named('core65', '30', '32', '51', '53', '72', '73'),
  ...named('penryn', '31', '33', '52', '54', '74'),
  ...named('nehalem', '34', '35', '55'),
  ...named('nehalem-ex', '65', '75'),
  ...named('westmere', '36', '56'),
}
const scalableWithoutMetal: Readonly<Record<string, string>> = {
  ...named('skylake', '81', '61'),
  ...named('cascadelake', '82', '62'),
  ...named('icelake', '83', '63'),
  ...named('sapphirerapids', '84'),
  ...named('emeraldrapids', '85'),
}

function named(family: string, ...series: readonly string[]): Record<string, string> {
  return Object.fromEntries(series.map((digits) => [digits, family]))
}

/** A processor of Intel in a cleaned name without the maker. */
export function parseIntel(text: string): ParsedModel | undefined {
  return (
    parseCore(text) ??
    parsePentium(text) ??
    parseVersioned(text) ??
    parseLettered(text) ??
    parseFourDigits(text) ??
    (/\bxeon\b/.test(text) ? { line: 'xeon' } : undefined)
  )
}

/** `E5-2660 v2`, `E3-1265LV2` and their kind. */
function parseVersioned(text: string): ParsedModel | undefined {
  const found = /\b(e[357])[- ]?(\d{4})(?:\s*([lwam])(?=\s*v\s*\d|[^a-z0-9]|$))?(?:\s*v\s*(\d))?/.exec(text)
  if (!found || /\bx\d{4}/.test(text)) return undefined
  const [, series = '', digits = '', suffix = '', version] = found
  const first = series === 'e7' ? 'westmere-ex' : 'sandybridge'
  return {
    line: 'xeon',
    model: `${series}-${digits}${suffix}${version === undefined ? '' : `v${version}`}`,
    family: version === undefined ? first : versions[version],
  }
}

/** `E-2288G`, `D-2776NT`, `D-1746TER`. */
function parseLettered(text: string): ParsedModel | undefined {
  const e = /\be[- ](2\d{3})([a-z]{0,2})\b/.exec(text)
  if (e) return { line: 'xeon', model: `e-${e[1]}${e[2]}`, family: seriesE[e[1]!.slice(0, 2)] }
  const d = /\bd[- ](\d{4})([a-z]{0,3})\b/.exec(text)
  return d ? { line: 'xeon', model: `d-${d[1]}${d[2]}`, family: seriesD[d[1]!.slice(0, 2)] } : undefined
}

/** `X5670`, `Gold 6338N`, `Platinum 8592+`, `6780E`. */
function parseFourDigits(text: string): ParsedModel | undefined {
  const found = /(?:^|\b)([xlew]?)\s*(\d{4})\s*([a-z]{0,2}\+?)(?:\s|$|,|-)/.exec(text)
  if (!found || (!/\bxeon\b/.test(text) && !/^[xlew]?\d{4}/.test(text))) return undefined
  const [, prefix = '', digits = '', suffix = ''] = found
  return { line: 'xeon', model: prefix + digits + suffix, family: familyOfDigits(text, prefix, digits, suffix) }
}

function familyOfDigits(text: string, prefix: string, digits: string, suffix: string): string | undefined {
  const [first = '', second = ''] = digits
  if ((suffix === 'p' || suffix === 'e' || suffix === 'pb') && first === '6') {
    if (second === '3') return 'raptorlake'
    if ('579'.includes(second)) return suffix === 'e' ? 'sierraforest' : 'graniterapids'
  }
  const metal = /\b(?:platinum|gold|silver|bronze|max)\b/.test(text)
  if (metal || first === '8' || first === '9' || (suffix !== '' && '3456'.includes(first) && prefix === '')) {
    return scalableFamily(first, second, suffix)
  }
  if (prefix + digits + suffix === 'l3406') return 'westmere'
  const series = digits.slice(0, 2)
  return fourDigits[series] ?? (prefix === '' ? scalableWithoutMetal[series] : undefined)
}

function scalableFamily(first: string, generation: string, suffix: string): string | undefined {
  switch (generation) {
    case '1':
      return 'skylake'
    case '2':
      return 'cascadelake'
    case '3':
      return suffix.includes('h') ? 'cooperlake' : 'icelake'
    case '4':
      return 'sapphirerapids'
    case '5':
      return first === '9' ? undefined : 'emeraldrapids'
    default:
      return undefined
  }
}
