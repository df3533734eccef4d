import { quote } from '../core/errors.js'

/** What a server says of its answer next to it, each text once. */
export interface Notices {
  /** Something may be missing: a store did not answer, a limit was met. */
  readonly warnings: readonly string[]
  /** The question may not mean what was meant. */
  readonly infos: readonly string[]
}

export type NoticeKind = keyof Notices
export const noticeKinds = ['warnings', 'infos'] as const satisfies readonly NoticeKind[]

/** The text for `"isPartial": true`, which VictoriaMetrics says instead of a warning. */
export const partialAnswer = 'isPartial is true'

export interface NoticeCollector {
  readonly notices: Notices
  add(kind: NoticeKind, text: string): void
}

/** Texts of a kind that are kept: a server may have one for each of its stores, or a hostile one for each sample. */
const maxTexts = 100
const maxTextLength = 1000

export function noticeCollector(): NoticeCollector {
  const notices = { warnings: [] as string[], infos: [] as string[] }
  return {
    notices,
    add(kind, text) {
      const texts = notices[kind]
      const kept = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
      if (texts.length < maxTexts && !texts.includes(kept)) texts.push(kept)
    },
  }
}

/** The notices of several answers. */
export function mergeNotices(all: readonly Notices[]): Notices {
  const { notices, add } = noticeCollector()
  for (const one of all) for (const kind of noticeKinds) for (const text of one[kind]) add(kind, text)
  return notices
}

/** `Prometheus warned: "store unavailable"`, a line each. */
export function noticeLines({ warnings, infos }: Notices): readonly string[] {
  return [
    ...warnings.map((text) => `Prometheus warned that the answer may be incomplete: ${quote(text, 300)}`),
    ...infos.map((text) => `Prometheus remarked: ${quote(text, 300)}`),
  ]
}
