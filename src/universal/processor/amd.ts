import type { ParsedModel } from './processor.js'

/** Dense variants of the fifth generation are told by their numbers alone. */
const turinDense = new Set(['9965', '9845', '9825', '9745', '9645'])
const secondGenerationDigit: Readonly<Record<string, string>> = { '1': 'naples', '2': 'rome', '3': 'milan' }

const opterons: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['12', '22', '82', '10', '20', '80'].map((series) => [series, 'k8'])),
  ...Object.fromEntries(['24', '84'].map((series) => [series, 'istanbul'])),
  ...Object.fromEntries(['41', '61'].map((series) => [series, 'magnycours'])),
  ...Object.fromEntries(['32', '42', '62'].map((series) => [series, 'bulldozer'])),
  ...Object.fromEntries(['33', '43', '63'].map((series) => [series, 'piledriver'])),
  ...Object.fromEntries(['11', '21'].map((series) => [series, 'kyoto'])),
}

const ryzens: Readonly<Record<string, string>> = {
  '1': 'naples',
  '2': 'pinnacleridge',
  '3': 'matisse',
  '4': 'matisse',
  '5': 'vermeer',
  '7': 'raphael',
  '8': 'raphael',
  '9': 'granite-ridge',
}

/** A processor of AMD in a cleaned name without the maker. */
export function parseAmd(text: string): ParsedModel | undefined {
  const epyc = /\bepyc(?: embedded)?\s*([0-9][0-9a-z]{2,4}[a-z]{0,2})/.exec(text)?.[1]
  if (epyc) return { line: 'epyc', model: epyc, family: epycFamily(epyc) }
  if (/\bepyc\b/.test(text)) return { line: 'epyc' }
  if (/\bopteron\b/.test(text)) return parseOpteron(text)
  const ryzen =
    /\bryzen (?:threadripper |embedded )?(?:pro )?(?:\d |ai )*(?:pro )?(?:max\+? )?([1-9]\d{2,3}[a-z0-9]{0,3})\b/.exec(
      text,
    )
  if (ryzen) return { line: 'ryzen', model: ryzen[1], family: ryzens[ryzen[1]!.charAt(0)] }
  return undefined
}

function epycFamily(model: string): string | undefined {
  const [, series = '', place = '', generation = ''] = /^(\d)([0-9a-z])[0-9a-z](\d)/.exec(model) ?? []
  if (series === '7' || series === '3') return secondGenerationDigit[generation]
  if (series === '9' && generation === '4') return place === '7' ? 'bergamo' : 'genoa'
  if (series === '9' && generation === '5') return turinDense.has(model.slice(0, 4)) ? 'turin-dense' : 'turin'
  if (series === '8') return generation === '4' ? 'siena' : generation === '5' ? 'turin-dense' : undefined
  if (series === '4') return generation === '4' ? 'raphael' : generation === '5' ? 'granite-ridge' : undefined
  return undefined
}

function parseOpteron(text: string): ParsedModel {
  const [, digits, suffix = ''] = /opteron\s*([a-z]?\d{4})\s*((?:he|ee|se|kx)?)/.exec(text) ?? []
  if (digits === undefined) return { line: 'opteron' }
  const number = digits.replace(/\D/g, '')
  const series = number.slice(0, 2)
  const old = series === '13' || series === '23' || series === '83'
  const family = old ? (Number(number.slice(2)) < 70 ? 'barcelona' : 'shanghai') : opterons[series]
  return { line: 'opteron', model: digits + suffix, family }
}
