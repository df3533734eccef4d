import type { ParsedModel } from './processor.js'

/** Names that stand for a family each, the longer ones first. */
const named: readonly (readonly [RegExp, ParsedModel])[] = [
  [/\bgrace\b/, { line: 'grace', model: 'superchip', family: 'grace' }],
  [/\bgraviton ?4|\bneoverse[- ]v2\b/, { line: 'graviton', model: '4', family: 'graviton4' }],
  [/\bgraviton ?3|\bneoverse[- ]v1\b/, { line: 'graviton', model: '3', family: 'graviton3' }],
  [/\bgraviton ?2/, { line: 'graviton', model: '2', family: 'graviton2' }],
  [/\bgraviton\b/, { line: 'graviton', model: '1', family: 'graviton' }],
  [/\bampereone\b/, { line: 'ampereone', family: 'ampereone' }],
  [/\bneoverse[- ]n1\b/, { line: 'altra', family: 'altra' }],
  [/\bneoverse[- ]n2\b|\bcobalt\b/, { line: 'cobalt', family: 'cobalt' }],
  [/\baxion\b/, { line: 'axion', family: 'axion' }],
  [/\bthunderx2\b/, { line: 'thunderx2', family: 'thunderx2' }],
  [/\bkunpeng[- ]?920\b/, { line: 'kunpeng', model: '920', family: 'kunpeng920' }],
  [/\ba64fx\b/, { line: 'a64fx', family: 'a64fx' }],
  [/\bcortex[- ]a72\b/, { line: 'cortex', model: 'a72', family: 'cortexa72' }],
  [/\bcortex[- ]a53\b/, { line: 'cortex', model: 'a53', family: 'cortexa53' }],
  [/\bpower8\b/, { line: 'power', model: '8', family: 'power8' }],
  [/\bpower9\b/, { line: 'power', model: '9', family: 'power9' }],
  [/\bpower10\b/, { line: 'power', model: '10', family: 'power10' }],
]

/** A processor with cores of Arm, or POWER, in a cleaned name. */
export function parseArm(text: string): ParsedModel | undefined {
  if (/\baltra\b/.test(text)) {
    const model = /\b([qm]\d+-\d+)\b/.exec(text)?.[1]
    return { line: 'altra', model, family: /\bmax\b/.test(text) || model?.startsWith('m') ? 'altramax' : 'altra' }
  }
  return named.find(([pattern]) => pattern.test(text))?.[1]
}
